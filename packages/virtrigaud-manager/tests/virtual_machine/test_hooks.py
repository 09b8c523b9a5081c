"""Ring 2: hooks around the starts and stops of machines, with the memory provider and real HTTP servers on loopback."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from manager_world import World
from manifests import vm
from virtrigaud_api.address_policy import AddressPolicy
from virtrigaud_api.contract import GuestCommand, PowerState
from virtrigaud_manager.hooks.order import HookPoint
from virtrigaud_manager.hooks.runner import HookRunner

TRUE, FALSE = {"command": ["/bin/true"]}, {"command": ["/bin/false"]}
OFF = {"powerState": "Off"}


class Peer:
    """A web server that notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.port = 0

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        if request.path == "/elsewhere":
            raise web.HTTPFound("/other")
        return web.Response(status=503 if request.path == "/busy" else 200, text="x" * 100_000)


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    peer = Peer()
    app = web.Application()
    app.router.add_get("/{path:.*}", peer.answer)
    async with TestServer(app) as server:
        peer.port = server.port or 0
        yield peer


def before_stop(**hook: Any) -> dict[str, Any]:
    return {"lifecycle": {"preStop": hook}}


async def stopped(world: World, **spec: Any) -> None:
    """Make a machine with a hook before its stop, and switch it off."""
    world.furnish()
    world.apply(vm(**spec))
    await world.settle()
    world.apply(vm(**spec, **OFF))
    await world.settle()
    assert (await world.machine()).power is PowerState.OFF


async def test_a_program_runs_in_the_guest_before_the_machine_is_stopped(world: World) -> None:
    command = ["/bin/touch", "a file; with $(signs)"]
    await stopped(world, **before_stop(exec={"command": command}))
    machine = (await world.machine()).id
    assert world.hypervisor.administrator.commands == [(machine, tuple(command))]
    assert world.condition("PreStopCompleted") == ("True", "HookSucceeded", "preStop ended well")
    assert world.events.reasons == ["Created", "PreStopCompleted", "PoweredOff"]


async def test_a_hook_that_fails_is_said_and_the_stop_goes_on(world: World) -> None:
    await stopped(world, **before_stop(exec=FALSE))
    why = "preStop: cannot run /bin/false in machine web: it ended with exit code 1"
    assert world.condition("PreStopCompleted") == ("False", "HookFailed", why)
    assert world.events.reasons == ["Created", "PreStopFailed", "PoweredOff"]
    assert world.ready()[:2] == ("True", "ReconcileSuccess")


async def test_a_hook_that_takes_too_long_is_said_and_the_stop_goes_on(world: World) -> None:
    await stopped(world, **before_stop(exec={"command": ["/bin/sleep", "60"]}, timeout="30ms"))
    assert world.condition("PreStopCompleted") == ("False", "HookTimedOut", "preStop: it took longer than 30ms")


async def test_a_program_that_an_earlier_process_began_is_late_in_the_same_words(world: World) -> None:
    sleep = ("/bin/sleep", "60")
    spec = before_stop(exec={"command": list(sleep)}, timeout="10s")
    world.furnish()
    world.apply(vm(**spec))
    await world.settle()
    key = f"{HookPoint.PRE_STOP} {world.vm().metadata.uid}"
    began_earlier = GuestCommand(key=key, arguments=sleep, timeout=timedelta(milliseconds=50))
    await world.hypervisor.run_in_guest((await world.machine()).id, began_earlier)

    world.apply(vm(**spec, **OFF))
    await world.settle()
    why = ("False", "HookTimedOut", "preStop: it took longer than 10s")
    assert (world.condition("PreStopCompleted"), world.hypervisor.administrator.commands[1:]) == (why, [])


async def test_a_snapshot_is_taken_before_the_stop(world: World) -> None:
    await stopped(world, **before_stop(snapshot={"name": "last"}))
    assert (await world.machine()).raw["snapshots"] == "last"


async def test_a_request_is_sent_to_the_host_that_is_named(world: World, peer: Peer) -> None:
    hook = {"httpGet": {"host": "127.0.0.1", "port": peer.port, "path": "/leave?node=web"}}
    await stopped(world, **before_stop(**hook))
    assert peer.asked == ["/leave?node=web"]
    assert world.condition("PreStopCompleted")[:2] == ("True", "HookSucceeded")


@pytest.mark.parametrize("path", ["//elsewhere.example/leave", "///leave", "/../leave", "/leave//@elsewhere.example"])
async def test_a_path_can_not_name_another_host(world: World, peer: Peer, path: str) -> None:
    await stopped(world, **before_stop(httpGet={"host": "127.0.0.1", "port": peer.port, "path": path}))
    assert len(peer.asked) == 1
    assert world.condition("PreStopCompleted")[:2] == ("True", "HookSucceeded")


@pytest.mark.parametrize("host", ["a" * 64, "two..dots", "xn--a"])
async def test_a_host_that_can_be_no_name_is_said_and_the_stop_goes_on(world: World, host: str) -> None:
    await stopped(world, **before_stop(httpGet={"host": host, "port": 80, "path": "/leave"}))
    why = f"preStop: cannot send a request to {host!r}: that is no host"
    assert world.condition("PreStopCompleted") == ("False", "HookFailed", why)


@pytest.mark.parametrize(
    ("path", "said"), [("/busy", "the server answered 503"), ("/elsewhere", "the server answered 302")]
)
async def test_an_answer_that_is_not_well_is_a_failure_and_redirects_are_not_followed(
    world: World, peer: Peer, path: str, said: str
) -> None:
    await stopped(world, **before_stop(httpGet={"host": "127.0.0.1", "port": peer.port, "path": path}))
    told = f"preStop: cannot GET http://127.0.0.1:{peer.port}{path}: {said}"
    assert world.condition("PreStopCompleted") == ("False", "HookFailed", told)
    assert peer.asked == [path]


async def test_l33_a_hook_connects_to_no_address_that_the_policy_refuses(world: World, peer: Peer) -> None:
    world.use_hooks(HookRunner(AddressPolicy(), world.wake_key))
    await stopped(world, **before_stop(httpGet={"host": "localhost", "port": peer.port}))
    status, reason, message = world.condition("PreStopCompleted")
    assert (status, reason) == ("False", "HookFailed")
    assert "refused: it is a loopback address" in message
    assert peer.asked == []


async def test_l35_a_certificate_that_nobody_trusts_is_refused(world: World, peer: Peer) -> None:
    await stopped(world, **before_stop(httpGet={"host": "127.0.0.1", "port": peer.port, "scheme": "HTTPS"}))
    assert world.condition("PreStopCompleted")[:2] == ("False", "HookFailed")
    assert peer.asked == []


async def test_a_hook_after_the_start_keeps_nobody_waiting_and_waits_for_an_address(world: World) -> None:
    world.furnish()
    world.apply(vm(lifecycle={"postStart": {"httpGet": {"port": 80}}}, networks=[]))
    await world.settle()
    assert world.ready()[:2] == ("True", "ReconcileSuccess")
    waits = ("False", "NoAddress", "postStart waits for an address of the machine")
    assert world.condition("PostStartCompleted") == waits


async def test_the_hook_after_a_start_runs_once_for_each_start(world: World) -> None:
    spec = {"lifecycle": {"postStart": {"exec": TRUE}}}
    world.furnish()
    world.apply(vm(**spec))
    await world.settle()
    for _ in range(2):
        world.wake()
        await world.settle()
    assert len(world.hypervisor.administrator.commands) == 1
    world.apply(vm(**spec, **OFF))
    await world.settle()
    world.apply(vm(**spec))
    await world.settle()
    assert len(world.hypervisor.administrator.commands) == 2
    assert world.condition("PostStartCompleted")[:2] == ("True", "HookSucceeded")


async def test_a_stop_that_is_taken_back_while_its_hook_runs_leaves_a_hook_for_the_next_one(world: World) -> None:
    spec = before_stop(exec=TRUE)
    world.furnish()
    world.apply(vm(**spec))
    await world.settle()
    world.apply(vm(**spec, **OFF))
    await world.run(world.key())
    world.apply(vm(**spec))
    await world.settle()
    assert (await world.machine()).power is PowerState.ON
    world.apply(vm(**spec, **OFF))
    await world.settle()
    assert len(world.hypervisor.administrator.commands) == 2


async def test_a_machine_that_is_given_up_is_deleted_without_its_hook(world: World) -> None:
    world.furnish()
    world.apply(vm(**before_stop(exec=TRUE)))
    await world.settle()
    world.store.annotate(world.key(), **{"virtrigaud.io/force-delete": "true"})
    world.delete()
    await world.settle()
    assert world.hypervisor.administrator.commands == []
    assert await world.machines() == []


async def test_l19_what_a_hook_needs_and_the_provider_lacks_is_named(world: World) -> None:
    world.furnish()
    await world.report_capabilities(supports_guest_commands=None, supports_memory_snapshots=None)
    snapshot = {"name": "s", "includeMemory": True}
    world.apply(vm(lifecycle={"preStop": {"exec": TRUE}, "postStart": {"snapshot": snapshot}}))
    await world.settle()
    assert world.ready()[2] == (
        "spec.lifecycle.preStop.exec needs the capability 'guest commands', which Provider default/lab does not have; "
        "spec.lifecycle.postStart.snapshot.includeMemory needs the capability 'memory snapshots', "
        "which Provider default/lab does not have"
    )
    assert await world.machines() == []

"""A provider as a process: it says what it does, refuses what is unsafe, and ends with status 0 at SIGTERM."""

import asyncio
import json
import re
import signal
from pathlib import Path
from typing import Any

import grpc
import pytest
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_provider_sdk import BootImage, Hardware, MachineId, MachineSpec, MiB, Owner, TaskState, WrongState

PLAINTEXT = {"VIRTRIGAUD_PROVIDER_INSECURE": "true"}


async def test_sigterm_lets_the_call_in_flight_finish_and_ends_with_status_0(
    started: Any, tmp_path: Path, until: Any
) -> None:
    release = tmp_path / "tmp" / "release"
    async with started(**PLAINTEXT) as (process, port), grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = asyncio.create_task(GrpcProvider(channel).describe(MachineId("m")))
        await until(release.with_suffix(".wanted").exists)
        process.send_signal(signal.SIGTERM)
        release.touch()
        state = await call
        _, said = await process.communicate()
    assert state is not None
    assert state.name == "m"
    assert process.returncode == 0
    assert [json.loads(line)["event"] for line in said.splitlines()][-1] == "stopped"


async def test_a_second_signal_ends_at_once(started: Any, tmp_path: Path, until: Any) -> None:
    async with started(**PLAINTEXT) as (process, port), grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = asyncio.create_task(GrpcProvider(channel).describe(MachineId("m")))
        await until((tmp_path / "tmp" / "release.wanted").exists)
        process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        while json.loads(await process.stderr.readline())["event"] != "shutting down":
            pass
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == -signal.SIGTERM
        assert isinstance((await asyncio.gather(call, return_exceptions=True))[0], Exception)


async def test_l39_tasks_are_known_after_a_kill_and_what_ran_then_is_said_to_have_ended(
    started: Any, ended: Any
) -> None:
    async with started(**PLAINTEXT) as (process, port), grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        provider = GrpcProvider(channel)
        made, held = [(await provider.create(spec(name))).task for name in ("web", "held")]
        before = await ended(provider, made)
        process.kill()
        await process.wait()
    async with started(**PLAINTEXT) as (_, port), grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        provider = GrpcProvider(channel)
        assert await ended(provider, made) == before == TaskState(done=True, percent=100, machine=MachineId("web"))
        state = await ended(provider, held)
    assert type(state.error) is WrongState
    assert state.error.message == f"task {held} ended with the process that ran it: look at the machine again"


def spec(name: str) -> MachineSpec:
    hardware, boot = Hardware(cpus=1, memory=MiB(128)), BootImage(path="/x.qcow2")
    return MachineSpec(owner=Owner("shop", name, f"uid-{name}"), name=name, hardware=hardware, boot=boot)


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        pytest.param({}, "no TLS files in ROOT/etc/virtrigaud/tls", id="no TLS"),
        pytest.param(
            PLAINTEXT | {"PROVIDER_ENDPOINT": "nonsense"},
            "the endpoint nonsense means nothing to a tiny provider",
            id="the provider can't be made",
        ),
    ],
)
async def test_a_provider_that_must_not_start_says_why_and_ends_with_status_1(
    environment: dict[str, str], reason: str, tmp_path: Path, start: Any
) -> None:
    process = await start(**environment)
    _, said = await process.communicate()
    last = json.loads(said.splitlines()[-1])
    assert process.returncode == 1
    assert last["event"] == "the provider does not start"
    assert last["reason"].startswith(reason.replace("ROOT", str(tmp_path)))


async def test_l31_a_provider_that_breaks_at_its_start_leaves_a_redacted_log_and_no_bare_traceback(
    start: Any,
) -> None:
    process = await start(**PLAINTEXT, PROVIDER_ENDPOINT="broken://root:canary@host")
    _, said = await process.communicate()
    last = json.loads(said.splitlines()[-1])
    assert process.returncode == 1
    assert last["event"] == "the provider ended for a reason that nobody foresaw"
    assert "ZeroDivisionError: the driver can't parse broken://[redacted]@host" in last["exception"]
    assert b"canary" not in said


async def test_plaintext_is_said_loudly(start: Any) -> None:
    process = await start("--port=0", "--health-port=0", **PLAINTEXT)
    assert process.stderr is not None
    try:
        async with asyncio.timeout(30):
            lines = [json.loads(await process.stderr.readline()) for _ in range(2)]
    finally:
        process.kill()
        await process.wait()
    assert [line["level"] for line in lines] == ["info", "warning"]
    assert lines[1]["event"].startswith("SERVING IN PLAINTEXT: whoever reaches this port controls the hypervisor")


async def test_help_and_version_answer_without_serving(start: Any) -> None:
    shown = await start("--help")
    said, _ = await shown.communicate()
    assert shown.returncode == 0
    assert said.decode().startswith("usage: virtrigaud-provider-tiny [options]\n\nServe one machine.\n")
    version = await start("--version")
    said, _ = await version.communicate()
    assert version.returncode == 0
    assert re.fullmatch(r"virtrigaud-provider-tiny \S+\n", said.decode())

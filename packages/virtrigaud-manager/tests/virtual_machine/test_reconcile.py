"""Ring 2: whole reconciles between a cluster in memory and the memory provider; worlds are compared."""

from manager_world import World
from manifests import network, provider, secret, vm, vm_class, vm_image
from virtrigaud_api.contract import MiB, Owner, PowerState, Unavailable
from virtrigaud_api.v1beta1.keys import ANNOTATION_FORCE_DELETE, FINALIZER_VIRTUAL_MACHINE
from virtrigaud_manager.look_again import NEVER
from virtrigaud_provider_memory import Fault, FaultKind, Verb


async def test_a_machine_is_made_powered_on_and_reported_ready(world: World) -> None:
    world.furnish()
    world.apply(vm())
    assert await world.settle() == NEVER

    machine = await world.machine()
    assert (machine.owner, machine.power) == (Owner("default", "web", world.vm().metadata.uid), PowerState.ON)
    assert (machine.cpus, machine.memory) == (2, 4096)
    status = world.vm().status
    assert (status.id, status.phase, status.power_state) == (machine.id, "Running", "On")
    assert (status.ips, status.observed_generation) == (machine.addresses, 1)
    assert world.ready() == ("True", "ReconcileSuccess", "the machine is running: 2 CPUs, 4096 MiB")
    assert world.vm().metadata.finalizers == (FINALIZER_VIRTUAL_MACHINE,)


async def test_making_a_machine_costs_two_writes_and_one_event(world: World) -> None:
    world.furnish()
    world.apply(vm())
    await world.settle()
    assert world.store.writes == ["finalizers VirtualMachine default/web", "status VirtualMachine default/web"]
    assert world.events.reasons == ["Created"]


async def test_l37_a_settled_machine_is_not_written_again(world: World) -> None:
    world.furnish()
    world.apply(vm())
    await world.settle()
    world.store.writes.clear()
    for _ in range(3):
        world.wake()
        await world.settle()
    assert world.store.writes == []


async def test_l15_what_is_missing_is_named_and_its_appearance_wakes_the_machine(world: World) -> None:
    world.apply(vm(networks=[{"name": "eth0", "networkRef": {"name": "lan"}}]))
    await world.settle()
    missing = (
        "Provider default/lab does not exist; VMClass default/small does not exist; "
        "VMImage default/debian does not exist; VMNetworkAttachment default/lan does not exist"
    )
    assert world.ready() == ("False", "WaitingForDependencies", missing)
    assert world.vm().status.phase == "Pending"
    assert world.vm().metadata.finalizers == ()

    world.furnish()
    world.apply(network())
    await world.settle()
    assert world.ready()[:2] == ("True", "ReconcileSuccess")


async def test_l15_a_missing_secret_and_a_missing_key_are_named(world: World) -> None:
    world.furnish()
    world.apply(vm(userData={"cloudInit": {"secretRef": {"name": "seed"}}}))
    await world.settle()
    assert world.ready()[2] == "Secret default/seed does not exist"
    world.apply(secret("seed", other=b"x"))
    await world.settle()
    assert world.ready()[2] == "Secret default/seed has none of the keys userdata, user-data, cloud-init, cloud-config"
    world.apply(secret("seed", userdata=b"#cloud-config"))
    await world.settle()
    assert world.ready()[:2] == ("True", "ReconcileSuccess")


async def test_l19_a_field_that_nobody_honours_is_refused_by_its_name(world: World) -> None:
    world.furnish()
    world.apply(vm(placementRef={"name": "spread"}))
    await world.settle()
    assert world.ready() == (
        "False",
        "ValidationError",
        "VirtualMachine: spec.placementRef is not supported; remove it",
    )
    assert await world.machines() == []


async def test_a_larger_class_resizes_the_machine(world: World) -> None:
    world.furnish()
    world.apply(vm())
    await world.settle()
    world.apply(vm_class(cpu=4, memory="8Gi"))
    await world.settle()
    machine = await world.machine()
    assert (machine.cpus, machine.memory) == (4, MiB(8192))
    assert world.cpus() == 4
    assert world.ready() == ("True", "ReconcileSuccess", "the machine is running: 4 CPUs, 8192 MiB")


async def test_l16_a_change_that_needs_a_restart_is_reported_as_pending() -> None:
    async with World(reconfigure_online=False) as world:
        world.furnish()
        world.apply(vm())
        await world.settle()
        world.apply(vm(resources={"cpu": 3}))
        await world.settle()
        assert world.cpus() == 2
        assert world.condition("Reconfiguring")[:2] == ("True", "PendingRestart")
        for power in ("Off", "On"):
            world.apply(vm(resources={"cpu": 3}, powerState=power))
            await world.settle()
        assert world.condition("Reconfiguring")[:2] == ("False", "ReconcileSuccess")
        assert world.ready()[2] == "the machine is running: 3 CPUs, 4096 MiB"


async def test_power_follows_the_spec_both_ways(world: World) -> None:
    world.furnish()
    world.apply(vm())
    await world.settle()
    for wanted, seen, phase in (("Off", "Off", "Stopped"), ("On", "On", "Running"), ("OffGraceful", "Off", "Stopped")):
        world.apply(vm(powerState=wanted))
        await world.settle()
        assert (world.vm().status.power_state, world.vm().status.phase) == (seen, phase)
        assert world.ready()[0] == "True"
    assert world.events.reasons == ["Created", "PoweredOff", "PoweredOn", "ShutDown"]


async def test_l11_a_guest_that_ignores_the_shutdown_is_stopped_after_the_grace() -> None:
    async with World(guest_ignores_shutdown=True) as world:
        world.furnish()
        world.apply(vm())
        await world.settle()
        world.apply(vm(powerState="OffGraceful", lifecycle={"gracefulShutdownTimeout": "50ms"}))
        await world.until(lambda: world.vm().status.power_state == "Off")


async def test_a_machine_that_vanished_is_made_again(world: World) -> None:
    world.furnish()
    world.apply(vm())
    await world.settle()
    before = await world.machine()
    world.hypervisor.administrator.remove(before.id)
    world.wake()
    await world.settle()
    after = await world.machine()
    assert after.id != before.id
    assert world.vm().status.id == after.id
    assert world.events.reasons == ["Created", "Recreated"]


async def test_l07_an_adopted_machine_that_vanished_is_reported_missing(world: World) -> None:
    world.furnish()
    adopted = vm()
    adopted["metadata"]["labels"] = {"virtrigaud.io/adopted": "true"}
    adopted["status"] = {"id": world.hypervisor.administrator.make("old")}
    world.apply(adopted)
    await world.settle()
    assert world.ready()[:2] == ("True", "ReconcileSuccess")
    world.hypervisor.administrator.remove(world.vm().status.id or "")  # type: ignore[arg-type]
    world.wake()
    await world.settle()
    assert world.ready()[:2] == ("False", "Missing")
    assert await world.machines() == []


async def test_an_adopted_object_waits_for_the_id_of_its_machine(world: World) -> None:
    world.furnish()
    adopted = vm()
    adopted["metadata"]["labels"] = {"virtrigaud.io/adopted": "true"}
    world.apply(adopted)
    await world.settle()
    assert world.ready()[:2] == ("False", "WaitingForDependencies")
    assert await world.machines() == []


async def test_deletion_removes_the_machine_and_then_the_object(world: World) -> None:
    world.furnish()
    world.apply(vm())
    await world.settle()
    world.delete()
    await world.settle()
    assert await world.machines() == []
    assert not world.exists()
    assert world.events.reasons == ["Created", "Deleted"]


async def test_a_machine_that_is_to_be_retained_outlives_its_object(world: World) -> None:
    world.furnish()
    world.apply(vm(deletionPolicy="Retain"))
    await world.settle()
    world.delete()
    await world.settle()
    assert not world.exists()
    assert (await world.machine()).power is PowerState.ON


async def test_l05_the_finalizer_stays_while_the_provider_is_down(world: World) -> None:
    world.furnish()
    world.apply(vm())
    await world.settle()
    world.links.cut = Unavailable("cannot describe machine m-1: connection refused")
    world.delete()
    await world.settle()
    assert world.exists()
    assert world.vm().status.phase == "Deleting"
    expected = ("True", "ProviderUnavailable", "cannot describe machine m-1: connection refused")
    assert world.condition("Deleting") == expected
    world.links.cut = None
    world.wake()
    await world.settle()
    assert not world.exists()


async def test_a_forced_deletion_gives_the_machine_up(world: World) -> None:
    world.furnish()
    world.apply(vm())
    await world.settle()
    world.links.cut = Unavailable("connection refused")
    world.delete()
    await world.settle()
    world.store.annotate(world.key(), **{ANNOTATION_FORCE_DELETE: "true"})
    await world.settle()
    assert not world.exists()
    assert len(await world.machines()) == 1


async def test_a_forced_deletion_still_deletes_what_can_be_deleted(world: World) -> None:
    world.furnish()
    world.apply(vm())
    await world.settle()
    world.store.annotate(world.key(), **{ANNOTATION_FORCE_DELETE: "true"})
    world.delete()
    await world.settle()
    assert not world.exists()
    assert await world.machines() == []


async def test_l08_a_machine_whose_id_was_never_written_is_found_by_its_owner_and_deleted(world: World) -> None:
    world.furnish()
    world.apply(vm())
    world.store.before_write = lambda what: _crash() if what.startswith("status") else None
    await _crashing(world)
    assert len(await world.machines()) == 1
    world.store.before_write = lambda _: None
    world.delete()
    world.restart()
    await world.settle()
    assert not world.exists()
    assert await world.machines() == []


async def test_a_provider_that_is_down_is_reported_and_its_return_makes_the_machine(world: World) -> None:
    world.furnish()
    world.links.cut = Unavailable("cannot create machine default/web: connection refused")
    world.apply(vm())
    await world.settle()
    expected = ("False", "ProviderUnavailable", "cannot create machine default/web: connection refused")
    assert world.ready() == expected
    world.links.cut = None
    world.wake()
    await world.settle()
    assert world.ready()[0] == "True"


async def test_l21_while_a_provider_stays_down_the_first_cause_stays_and_nothing_is_written(world: World) -> None:
    world.furnish()
    world.links.cut = Unavailable("connection refused")
    world.apply(vm())
    await world.settle()
    world.store.writes.clear()
    world.links.cut = Unavailable("the breaker is open")
    world.wake()
    await world.settle()
    assert world.ready()[2] == "connection refused"
    assert world.store.writes == []


async def test_l10_a_failed_task_is_reported_and_tried_again() -> None:
    async with World(task_duration="0.005") as world:
        world.hypervisor.faults.order(Fault(verb=Verb.CREATE, kind=FaultKind.FAIL_TASK, error="NoCapacity"))
        world.furnish()
        world.apply(vm())
        await world.until(lambda: bool(world.vm().status.conditions) and world.ready()[1] == "NoCapacity")
        await world.until(lambda: world.ready()[0] == "True")
        assert len(await world.machines()) == 1


async def test_tasks_cost_one_more_write_than_work_that_is_done_at_once() -> None:
    async with World(task_duration="0.01") as world:
        world.furnish()
        world.apply(vm())
        await world.until(lambda: bool(world.vm().status.conditions) and world.ready()[0] == "True")
        status = "status VirtualMachine default/web"
        assert world.store.writes == ["finalizers VirtualMachine default/web", status, status]
        assert world.events.reasons == ["Created"]


async def test_what_failed_for_good_is_not_tried_again_until_the_spec_changes(world: World) -> None:
    world.hypervisor.faults.order(Fault(verb=Verb.CREATE, error="InvalidSpec"))
    world.furnish()
    world.apply(vm())
    await world.settle()
    assert (world.ready()[1], world.vm().status.phase) == ("ValidationError", "Failed")
    world.wake()
    await world.settle()
    assert world.ready()[1] == "ValidationError"
    world.apply(vm(tags=["changed"]))
    await world.settle()
    assert world.ready()[0] == "True"


async def test_l06_a_name_that_is_taken_by_somebody_else_is_a_conflict(world: World) -> None:
    world.hypervisor.administrator.make("web")
    world.furnish()
    world.apply(vm())
    await world.settle()
    assert (world.ready()[1], world.vm().status.phase) == ("Conflict", "Failed")
    assert await world.machines() == []


async def test_a_changed_provider_reference_is_refused_and_never_makes_a_second_machine(world: World) -> None:

    world.furnish()
    world.apply(provider("other"), vm())
    await world.settle()
    world.apply(vm(providerRef={"name": "other"}))
    await world.settle()
    assert world.ready() == (
        "False",
        "ValidationError",
        "spec.providerRef can't be changed: the machine is on Provider default/lab; use a VMMigration",
    )
    assert len(await world.machines()) == 1


async def test_an_edited_image_changes_no_machine_that_was_made_from_it(world: World) -> None:
    world.furnish()
    world.apply(vm())
    await world.settle()
    before = await world.machine()
    world.apply(vm_image(libvirt={"path": "debian-13"}))
    await world.settle()
    assert await world.machine() == before
    assert world.ready()[0] == "True"


class Crash(BaseException):
    """The manager is killed here."""


def _crash() -> None:
    raise Crash


async def _crashing(world: World) -> None:
    try:
        await world.settle()
    except Crash:
        return

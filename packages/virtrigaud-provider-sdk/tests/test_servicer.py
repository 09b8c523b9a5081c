"""The service over the port: every verb arrives, and a facet that is absent is neither advertised nor served."""

from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_api.wire.generated.provider_pb2_grpc import ProviderStub
from virtrigaud_api.wire.machines import power_to_message
from virtrigaud_provider_sdk import (
    BootImage,
    Busy,
    Capabilities,
    CloneOrder,
    DiskInfo,
    Exported,
    ExportOrder,
    Facet,
    GuestCommand,
    Hardware,
    ImageOrder,
    ImageState,
    Imported,
    ImportOrder,
    MachineEvent,
    MachineEventKind,
    MachineId,
    MachineSpec,
    MachineState,
    MiB,
    Owner,
    PowerState,
    PowerVerb,
    PreparedImage,
    Refused,
    SnapshotId,
    SnapshotOrder,
    StagingPlace,
    Submitted,
    TakenSnapshot,
    TaskRef,
    TaskState,
    Unsupported,
)

M = MachineId("m-1")
S = SnapshotId("before")
TASK = TaskRef("task-1")
OWNER = Owner("shop", "web", "uid-1")
SPEC = MachineSpec(owner=OWNER, name="web", hardware=Hardware(cpus=2, memory=MiB(512)), boot=BootImage(path="/x"))
STATE = MachineState(id=M, name="web", owner=OWNER, power=PowerState.ON, cpus=2, memory=MiB(512))
COMMAND = GuestCommand(key="k", arguments=("/bin/touch", "a b; c"), timeout=timedelta(milliseconds=1500))
PLACE = StagingPlace(url="pvc://claim/disk.qcow2")


class Recorder:
    """A provider with every facet that notes what it was called with."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    async def capabilities(self) -> Capabilities:
        return Capabilities(memory_snapshots=True, linked_clones=True, export_formats=("raw",))

    async def validate(self) -> None:
        self.calls.append(("validate",))

    async def create(self, spec: MachineSpec) -> Submitted:
        self.calls.append(("create", spec))
        return Submitted(machine=M, task=TASK)

    async def describe(self, machine: MachineId) -> None:
        self.calls.append(("describe", machine))

    async def power(self, machine: MachineId, verb: PowerVerb, grace: timedelta) -> Submitted:
        self.calls.append(("power", machine, verb, grace))
        return Submitted(machine=machine)

    async def reconfigure(self, machine: MachineId, spec: MachineSpec) -> Submitted:
        self.calls.append(("reconfigure", machine, spec))
        return Submitted(machine=machine)

    async def delete(self, machine: MachineId) -> Submitted:
        self.calls.append(("delete", machine))
        return Submitted(machine=machine)

    async def machines(self) -> tuple[()]:
        self.calls.append(("machines",))
        return ()

    async def task(self, ref: TaskRef) -> TaskState:
        self.calls.append(("task", ref))
        return TaskState(done=True, error=Busy("locked"), percent=7)

    async def cancel_task(self, ref: TaskRef) -> None:
        self.calls.append(("cancel_task", ref))

    async def find(self, owner: Owner) -> Submitted:
        self.calls.append(("find", owner))
        return Submitted(machine=M, task=TASK)

    async def snapshot(self, machine: MachineId, order: SnapshotOrder) -> TakenSnapshot:
        self.calls.append(("snapshot", machine, order))
        return TakenSnapshot(id=S, task=TASK)

    async def delete_snapshot(self, machine: MachineId, snapshot: SnapshotId) -> Submitted:
        self.calls.append(("delete_snapshot", machine, snapshot))
        return Submitted(machine=machine)

    async def revert_to_snapshot(self, machine: MachineId, snapshot: SnapshotId) -> Submitted:
        self.calls.append(("revert_to_snapshot", machine, snapshot))
        return Submitted(machine=machine, task=TASK)

    async def run_in_guest(self, machine: MachineId, command: GuestCommand) -> Submitted:
        self.calls.append(("run_in_guest", machine, command))
        return Submitted(machine=machine, task=TASK)

    async def clone(self, source: MachineId, order: CloneOrder) -> Submitted:
        self.calls.append(("clone", source, order))
        return Submitted(machine=MachineId("m-2"))

    async def prepare_image(self, order: ImageOrder) -> PreparedImage:
        self.calls.append(("prepare_image", order))
        return PreparedImage(id="prepared", path="/images/prepared", task=TASK)

    async def image(self, order: ImageOrder) -> ImageState:
        self.calls.append(("image", order))
        return ImageState(id="prepared", path="/images/prepared")

    async def delete_image(self, image: str) -> Submitted:
        self.calls.append(("delete_image", image))
        return Submitted(task=TASK)

    async def export_disk(self, order: ExportOrder) -> Exported:
        self.calls.append(("export_disk", order))
        return Exported(id="export-1", task=TASK, estimated_size_bytes=7, checksum="ab")

    async def import_disk(self, order: ImportOrder) -> Imported:
        self.calls.append(("import_disk", order))
        return Imported(disk_id="disk-1", path="/disks/1", task=TASK, size_bytes=7, checksum="ab")

    async def disk_info(self, machine: MachineId, disk: str, snapshot: SnapshotId | None = None) -> DiskInfo:
        self.calls.append(("disk_info", machine, disk, snapshot))
        return DiskInfo(disk_id=disk, format="raw", virtual_size_bytes=2, actual_size_bytes=1, path="/d")

    async def events(self) -> AsyncIterator[MachineEvent]:
        yield MachineEvent(kind=MachineEventKind.RESYNC)
        yield MachineEvent(kind=MachineEventKind.GONE, machine=M)


SNAPSHOT = SnapshotOrder(name="before", description="upgrade", memory=True, quiesce=True)
CLONE = CloneOrder(owner=OWNER, name="copy", linked=True)
IMAGE = ImageOrder(name="debian", source=BootImage(path="/images/debian.qcow2"))
EXPORT = ExportOrder(machine=M, destination=PLACE, disk="root", snapshot=S)
IMPORT = ImportOrder(source=PLACE, name="web-root", checksum="ab")

CALLS: tuple[tuple[tuple[Any, ...], Any], ...] = (
    (("validate",), None),
    (("create", SPEC), Submitted(machine=M, task=TASK)),
    (("describe", M), None),
    (("power", M, PowerVerb.SHUTDOWN, timedelta(seconds=90)), Submitted(machine=M)),
    (("reconfigure", M, SPEC), Submitted(machine=M)),
    (("delete", M), Submitted(machine=M)),
    (("machines",), ()),
    (("cancel_task", TASK), None),
    (("run_in_guest", M, COMMAND), Submitted(machine=M, task=TASK)),
    (("snapshot", M, SNAPSHOT), TakenSnapshot(id=S, task=TASK)),
    (("delete_snapshot", M, S), Submitted(machine=M)),
    (("revert_to_snapshot", M, S), Submitted(machine=M, task=TASK)),
    (("clone", M, CLONE), Submitted(machine=MachineId("m-2"))),
    (("prepare_image", IMAGE), PreparedImage(id="prepared", path="/images/prepared", task=TASK)),
    (("image", IMAGE), ImageState(id="prepared", path="/images/prepared")),
    (("delete_image", "prepared"), Submitted(task=TASK)),
    (("find", Owner("shop", "web", "uid-1")), Submitted(machine=M, task=TASK)),
    (("export_disk", EXPORT), Exported(id="export-1", task=TASK, estimated_size_bytes=7, checksum="ab")),
    (
        ("import_disk", IMPORT),
        Imported(disk_id="disk-1", path="/disks/1", task=TASK, size_bytes=7, checksum="ab"),
    ),
    (
        ("disk_info", M, "root", None),
        DiskInfo(disk_id="root", format="raw", virtual_size_bytes=2, actual_size_bytes=1, path="/d"),
    ),
)
FACET_CALLS = {
    "cancel_task": Facet.TASK_CANCELLATION,
    "run_in_guest": Facet.GUEST_COMMANDS,
    "snapshot": Facet.SNAPSHOTS,
    "delete_snapshot": Facet.SNAPSHOTS,
    "revert_to_snapshot": Facet.SNAPSHOTS,
    "clone": Facet.CLONES,
    "prepare_image": Facet.IMAGES,
    "image": Facet.IMAGE_INVENTORY,
    "delete_image": Facet.IMAGE_INVENTORY,
    "find": Facet.OWNER_SEARCH,
    "export_disk": Facet.DISK_TRANSFER,
    "import_disk": Facet.DISK_TRANSFER,
    "disk_info": Facet.DISK_TRANSFER,
}


@pytest.mark.parametrize(("call", "answer"), CALLS, ids=[call[0] for call, _ in CALLS])
async def test_a_call_arrives_as_it_was_made_and_so_does_its_answer(call: Any, answer: Any, plaintext: Any) -> None:
    recorder = Recorder()
    async with plaintext(recorder, validate_seconds=3600) as (server, channel):
        del server
        assert await getattr(GrpcProvider(channel), call[0])(*call[1:]) == answer
    assert call in recorder.calls


class Telling(Recorder):
    """Sees its machine, or fails to, and makes machines at once or in a task."""

    def __init__(self, seen: MachineState | Exception, task: TaskRef | None = None) -> None:
        super().__init__()
        self.seen = seen
        self.task_of_create = task

    async def create(self, spec: MachineSpec) -> Submitted:
        return Submitted(machine=M, task=self.task_of_create)

    async def describe(self, machine: MachineId) -> Any:
        await super().describe(machine)
        if isinstance(self.seen, Exception):
            raise self.seen
        return self.seen


async def test_the_answer_of_a_verb_that_is_done_tells_how_the_machine_is(plaintext: Any) -> None:
    async with plaintext(Telling(STATE)) as (_, channel):
        provider = GrpcProvider(channel)
        told = Submitted(machine=M, state=STATE)
        assert await provider.create(SPEC) == told
        assert await provider.power(M, PowerVerb.ON, timedelta()) == told
        assert await provider.reconfigure(M, SPEC) == told


async def test_a_machine_that_cant_be_seen_or_is_being_made_is_left_for_the_caller_to_ask(plaintext: Any) -> None:
    async with plaintext(Telling(Busy("the hypervisor is busy"))) as (_, channel):
        assert await GrpcProvider(channel).create(SPEC) == Submitted(machine=M)
    making = Telling(STATE, TASK)
    async with plaintext(making) as (_, channel):
        assert await GrpcProvider(channel).create(SPEC) == Submitted(machine=M, task=TASK)
    assert ("describe", M) not in making.calls


async def test_nobody_is_told_the_machine_who_did_not_ask(plaintext: Any) -> None:
    telling = Telling(STATE)
    async with plaintext(telling) as (_, channel):
        answer = await ProviderStub(channel).Power(power_to_message(M, PowerVerb.ON, timedelta()))
    assert (answer.HasField("machine"), ("describe", M) in telling.calls) == (False, False)


async def test_the_state_of_a_task_arrives_with_its_error(plaintext: Any) -> None:
    async with plaintext(Recorder()) as (_, channel):
        state = await GrpcProvider(channel).task(TASK)
    assert (state.done, state.percent, type(state.error)) == (True, 7, Busy)


async def test_events_arrive_in_order(plaintext: Any) -> None:
    seen: list[MachineEvent] = []
    async with plaintext(Recorder()) as (_, channel):
        events = GrpcProvider(channel).events()
        seen += [await anext(events), await anext(events)]
    assert seen == [MachineEvent(kind=MachineEventKind.RESYNC), MachineEvent(kind=MachineEventKind.GONE, machine=M)]


async def test_l18_every_facet_that_is_there_is_advertised(plaintext: Any) -> None:
    async with plaintext(Recorder()) as (_, channel):
        capabilities = await GrpcProvider(channel).capabilities()
    assert capabilities.facets == frozenset(Facet)
    assert capabilities.memory_snapshots
    assert capabilities.linked_clones
    assert capabilities.export_formats == ("raw",)


async def test_l18_a_facet_that_is_absent_is_not_advertised_whatever_the_provider_states(plaintext: Any) -> None:
    async with plaintext() as (_, channel):
        capabilities = await GrpcProvider(channel).capabilities()
    changed = {
        field.name: value
        for field in fields(capabilities)
        if (value := getattr(capabilities, field.name)) != getattr(Capabilities(), field.name)
    }
    assert changed == {"reconfigure_online": True}


@pytest.mark.parametrize(
    ("call", "facet"), [(call, FACET_CALLS[call[0]]) for call, _ in CALLS if call[0] in FACET_CALLS], ids=str
)
async def test_l18_a_facet_that_is_absent_is_unsupported_and_named(call: Any, facet: Facet, plaintext: Any) -> None:
    async with plaintext() as (_, channel):
        with pytest.raises(Unsupported, match=f"this provider does not have the facet '{facet}'"):
            await getattr(GrpcProvider(channel), call[0])(*call[1:])


async def test_l18_watching_a_provider_without_events_is_unsupported(plaintext: Any) -> None:
    async with plaintext() as (_, channel):
        with pytest.raises(Unsupported, match="this provider does not have the facet 'watch'"):
            await anext(GrpcProvider(channel).events())


async def test_hardware_upgrades_are_unsupported(plaintext: Any) -> None:
    async with plaintext() as (_, channel):
        with pytest.raises(Exception, match="upgrade no virtual hardware"):
            await channel.unary_unary("/provider.v1.Provider/HardwareUpgrade")(b"")


async def test_a_hypervisor_that_refuses_is_told_with_its_kind(plaintext: Any, tiny: Any) -> None:
    tiny.invalid_because = Refused("the password was refused")
    async with plaintext() as (_, channel):
        with pytest.raises(Refused, match="the password was refused"):
            await GrpcProvider(channel).validate()

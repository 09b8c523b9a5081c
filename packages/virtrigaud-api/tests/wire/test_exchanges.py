"""Each call of GrpcProvider: what it sends, and what comes of the answer, over a gRPC server on loopback."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from scripted_provider import ScriptedProvider
from virtrigaud_api.contract import (
    BootImage,
    Busy,
    Capabilities,
    CloneOrder,
    DiskInfo,
    Exported,
    ExportOrder,
    Facet,
    Hardware,
    ImageOrder,
    ImageState,
    Imported,
    ImportOrder,
    MachineId,
    MachineSpec,
    MachineState,
    MiB,
    Owner,
    PowerState,
    PowerVerb,
    PreparedImage,
    SnapshotId,
    SnapshotOrder,
    StagingPlace,
    Submitted,
    TakenSnapshot,
    TaskRef,
    TaskState,
)
from virtrigaud_api.wire import clones, disk_transfer, images, machine_states, machines, snapshots, tasks
from virtrigaud_api.wire.capabilities import capabilities_to_message
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_api.wire.faults import validation_to_message
from virtrigaud_api.wire.generated import provider_pb2 as pb2

VM = MachineId("vm-42")
OWNER = Owner(namespace="prod", name="web", uid="u-1")
SPEC = MachineSpec(
    owner=OWNER, name="web", hardware=Hardware(cpus=2, memory=MiB(512)), boot=BootImage(template="debian")
)
STATE = MachineState(id=VM, name="web", owner=OWNER, power=PowerState.SUSPENDED, cpus=2, memory=MiB(512))
TASK = TaskRef("task-7")
PLACE = StagingPlace(url="pvc://claim/disk.qcow2")
DISK = DiskInfo(disk_id="root", format="qcow2", virtual_size_bytes=2, actual_size_bytes=1, path="/pool/root")
SUBMITTED = Submitted(machine=VM, task=TASK)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call: what is called, what the other side answers, what it must have heard, and what comes of it."""

    call: Callable[[GrpcProvider], Awaitable[Any]]
    answer: Any
    request: Any
    seconds: int
    value: Any
    doing: str


def telling(request: Any) -> Any:
    """The request of a caller who wants to be told the machine."""
    request.tell_machine = True
    return request


EXCHANGES = [
    Exchange(
        lambda provider: provider.create(SPEC),
        tasks.created_to_message(SUBMITTED),
        telling(machines.spec_to_message(SPEC)),
        300,
        SUBMITTED,
        "create machine prod/web",
    ),
    Exchange(
        lambda provider: provider.describe(VM),
        machine_states.description_to_message(STATE),
        pb2.DescribeRequest(id=VM),
        30,
        STATE,
        "describe machine vm-42",
    ),
    Exchange(
        lambda provider: provider.power(VM, PowerVerb.SHUTDOWN, timedelta(seconds=9)),
        tasks.submitted_to_message(SUBMITTED),
        telling(machines.power_to_message(VM, PowerVerb.SHUTDOWN, timedelta(seconds=9))),
        120,
        SUBMITTED,
        "shut down machine vm-42",
    ),
    Exchange(
        lambda provider: provider.reconfigure(VM, SPEC),
        tasks.submitted_to_message(SUBMITTED),
        telling(machines.reconfigure_to_message(VM, SPEC)),
        300,
        SUBMITTED,
        "reconfigure machine vm-42",
    ),
    Exchange(
        lambda provider: provider.delete(VM),
        pb2.TaskResponse(),
        pb2.DeleteRequest(id=VM),
        120,
        Submitted(machine=VM),
        "delete machine vm-42",
    ),
    Exchange(
        lambda provider: provider.machines(),
        machine_states.machines_to_message([STATE]),
        pb2.ListVMsRequest(),
        120,
        (STATE,),
        "list machines",
    ),
    Exchange(
        lambda provider: provider.task(TASK),
        tasks.task_state_to_message(TaskState(done=True, machine=VM)),
        tasks.task_query_to_message(TASK),
        10,
        TaskState(done=True, machine=VM),
        "follow task task-7",
    ),
    Exchange(
        lambda provider: provider.capabilities(),
        capabilities_to_message(Capabilities(facets=frozenset({Facet.WATCH}))),
        pb2.GetCapabilitiesRequest(),
        30,
        Capabilities(facets=frozenset({Facet.WATCH})),
        "read the provider's capabilities",
    ),
    Exchange(
        lambda provider: provider.validate(),
        validation_to_message(None),
        pb2.ValidateRequest(),
        30,
        None,
        "reach the hypervisor",
    ),
    Exchange(
        lambda provider: provider.snapshot(VM, SnapshotOrder(name="s")),
        snapshots.taken_to_message(TakenSnapshot(id=SnapshotId("s"), task=TASK)),
        snapshots.order_to_message(VM, SnapshotOrder(name="s")),
        300,
        TakenSnapshot(id=SnapshotId("s"), task=TASK),
        "take snapshot s of machine vm-42",
    ),
    Exchange(
        lambda provider: provider.delete_snapshot(VM, SnapshotId("s")),
        tasks.submitted_to_message(SUBMITTED),
        snapshots.deletion_to_message(VM, SnapshotId("s")),
        120,
        SUBMITTED,
        "delete snapshot s of machine vm-42",
    ),
    Exchange(
        lambda provider: provider.revert_to_snapshot(VM, SnapshotId("s")),
        tasks.submitted_to_message(SUBMITTED),
        snapshots.revert_to_message(VM, SnapshotId("s")),
        300,
        SUBMITTED,
        "revert machine vm-42 to snapshot s",
    ),
    Exchange(
        lambda provider: provider.clone(VM, CloneOrder(owner=OWNER, name="copy")),
        clones.cloned_to_message(SUBMITTED),
        clones.order_to_message(VM, CloneOrder(owner=OWNER, name="copy")),
        300,
        SUBMITTED,
        "clone machine vm-42 to prod/web",
    ),
    Exchange(
        lambda provider: provider.prepare_image(ImageOrder(name="img", source=BootImage(url="https://a"))),
        images.prepared_to_message(PreparedImage(id="img")),
        images.order_to_message(ImageOrder(name="img", source=BootImage(url="https://a"))),
        300,
        PreparedImage(id="img"),
        "prepare image img",
    ),
    Exchange(
        lambda provider: provider.image(ImageOrder(name="img", source=BootImage(path="debian"))),
        images.state_to_message(ImageState(id="img", path="/pool/debian")),
        images.query_to_message(ImageOrder(name="img", source=BootImage(path="debian"))),
        30,
        ImageState(id="img", path="/pool/debian"),
        "look for image img",
    ),
    Exchange(
        lambda provider: provider.delete_image("img"),
        tasks.submitted_to_message(SUBMITTED),
        images.deletion_to_message("img"),
        120,
        Submitted(task=SUBMITTED.task),
        "delete image img",
    ),
    Exchange(
        lambda provider: provider.export_disk(ExportOrder(machine=VM, destination=PLACE)),
        disk_transfer.exported_to_message(Exported(id="e")),
        disk_transfer.export_to_message(ExportOrder(machine=VM, destination=PLACE)),
        1800,
        Exported(id="e"),
        "export the root disk of machine vm-42",
    ),
    Exchange(
        lambda provider: provider.import_disk(ImportOrder(source=PLACE, name="t")),
        disk_transfer.imported_to_message(Imported(disk_id="d", path="/p")),
        disk_transfer.import_to_message(ImportOrder(source=PLACE, name="t")),
        1800,
        Imported(disk_id="d", path="/p"),
        "import disk t",
    ),
    Exchange(
        lambda provider: provider.disk_info(VM, "data"),
        disk_transfer.disk_info_to_message(DISK),
        pb2.GetDiskInfoRequest(vm_id=VM, disk_id="data"),
        120,
        DISK,
        "describe disk data of machine vm-42",
    ),
]
each_call = pytest.mark.parametrize("exchange", EXCHANGES, ids=[exchange.doing for exchange in EXCHANGES])


@each_call
async def test_a_call_sends_its_request_with_its_deadline_and_reads_the_answer(
    provider: GrpcProvider, scripted: ScriptedProvider, exchange: Exchange
) -> None:
    scripted.answer = exchange.answer
    assert await exchange.call(provider) == exchange.value
    assert scripted.request == exchange.request
    # gRPC rounds a deadline up on its way.
    assert exchange.seconds - 10 < scripted.deadline < exchange.seconds + 10


@each_call
async def test_a_failed_call_names_verb_and_object_and_what_the_provider_said(
    provider: GrpcProvider, scripted: ScriptedProvider, exchange: Exchange
) -> None:
    scripted.error = Busy("the disk is locked")
    with pytest.raises(Busy) as raised:
        await exchange.call(provider)
    assert str(raised.value) == f"cannot {exchange.doing}: the disk is locked"

"""Every contract value that crosses the wire comes back as it was."""

import dataclasses
import json
import types
from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import given
from hypothesis import strategies as st
from virtrigaud_api.contract import (
    TAXONOMY,
    Backend,
    BootImage,
    Capabilities,
    Checksum,
    CloneOrder,
    DiskInfo,
    Download,
    Exported,
    ExportOrder,
    Facet,
    GuestData,
    ImageOrder,
    ImageState,
    Imported,
    ImportOrder,
    MachineEvent,
    MachineId,
    MachineSpec,
    MachineState,
    Nic,
    PowerVerb,
    PreparedImage,
    ProviderError,
    RootDisk,
    SnapshotId,
    SnapshotOrder,
    StagingPlace,
    StaticAddress,
    Submitted,
    TakenSnapshot,
    TaskState,
    TransferMode,
)
from virtrigaud_api.wire import clones, disk_transfer, images, machine_states, machines, snapshots, tasks
from virtrigaud_api.wire.capabilities import capabilities_from_message, capabilities_to_message
from virtrigaud_api.wire.events import event_from_message, event_to_message
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.json_reader import write_json, write_texts

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
NUMBERS = st.integers(1, 2**31 - 1)
NAME_SERVERS = st.lists(st.text("0123456789abcdef.:", min_size=1, max_size=12), max_size=3).map(tuple)
OPTIONS = st.dictionaries(
    TEXTS.filter(lambda key: key != "backend"), st.one_of(TEXTS, st.booleans(), NUMBERS), max_size=3
)

# Where a type says less than the contract: numbers in a range, texts of a form, words that mean something else.
RANGES: dict[tuple[type, str], st.SearchStrategy[Any]] = {
    (StaticAddress, "address"): st.ip_addresses(v=4).map(str),
    (StaticAddress, "prefix"): st.integers(1, 32),
    (StaticAddress, "dns"): NAME_SERVERS,
    (Nic, "vlan"): st.none() | st.integers(1, 4094),
    (BootImage, "format"): st.sampled_from([None, "qcow2", "raw", "vmdk"]),
    (Checksum, "hex"): st.text("0123456789abcdef", min_size=32, max_size=128),
    (StagingPlace, "options"): OPTIONS,
    (MachineState, "cpus"): st.integers(0, 2**31 - 1),
    (Download, "timeout"): st.none() | st.integers(1, 2**31 - 1).map(lambda seconds: timedelta(seconds=seconds)),
    (SnapshotOrder, "description"): TEXTS | st.just(""),
}


PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: NUMBERS,
    bool: st.booleans(),
    bytes: st.binary(min_size=1, max_size=12),
    type(None): st.none(),
    ProviderError: st.builds(lambda error, message: error(message), st.sampled_from(TAXONOMY), TEXTS),
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for a type of the contract: each field takes each of its alternatives."""
    if hint in PLAIN:
        return PLAIN[hint]
    if hasattr(hint, "__supertype__"):
        return values(hint.__supertype__)
    if get_origin(hint) is not None:
        return values_of_generic(hint)
    if issubclass(hint, Enum):
        return st.sampled_from(hint)
    hints = get_type_hints(hint)
    fields = [(hint, field.name) for field in dataclasses.fields(hint)]
    return st.builds(hint, **{key[1]: RANGES[key] if key in RANGES else values(hints[key[1]]) for key in fields})


def values_of_generic(hint: Any) -> st.SearchStrategy[Any]:
    parts = [values(part) for part in get_args(hint) if part is not Ellipsis]
    if get_origin(hint) in {Union, types.UnionType}:
        return st.one_of(parts)
    if get_origin(hint) is Mapping:
        return st.dictionaries(*parts, max_size=3)
    return st.lists(parts[0], max_size=3).map(tuple)


def sent(message: Any) -> Any:
    """Return the message as the other side has it: from the bytes."""
    return type(message).FromString(message.SerializeToString())


MACHINES = TEXTS.map(MachineId)


@given(values(MachineSpec))
def test_a_machine_spec_survives_create(spec: MachineSpec) -> None:
    assert machines.spec_from_message(sent(machines.spec_to_message(spec))) == spec


@given(MACHINES, values(MachineSpec))
def test_a_machine_spec_survives_reconfigure_but_for_its_start(machine: MachineId, spec: MachineSpec) -> None:
    message = sent(machines.reconfigure_to_message(machine, spec))
    assert machines.reconfigure_from_message(message) == (machine, dataclasses.replace(spec, starts=False))


@given(MACHINES, st.sampled_from(PowerVerb), st.integers(0, 2**31 - 1))
def test_a_power_verb_survives_and_the_grace_goes_with_a_shutdown(
    machine: MachineId, verb: PowerVerb, seconds: int
) -> None:
    message = sent(machines.power_to_message(machine, verb, timedelta(seconds=seconds)))
    grace = timedelta(seconds=seconds) if verb is PowerVerb.SHUTDOWN else timedelta()
    assert machines.power_from_message(message) == (machine, verb, grace)


@given(values(MachineState))
def test_a_machine_state_survives_describe(state: MachineState) -> None:
    message = sent(machine_states.description_to_message(state))
    assert machine_states.description_from_message(message, state.id) == state


def test_an_absent_machine_survives_describe() -> None:
    message = sent(machine_states.description_to_message(None))
    assert machine_states.description_from_message(message, MachineId("vm-42")) is None


@given(st.lists(values(MachineState), max_size=3).map(tuple))
def test_machine_states_survive_listing(states: tuple[MachineState, ...]) -> None:
    assert machine_states.machines_from_message(sent(machine_states.machines_to_message(states))) == states


@given(values(Submitted))
def test_what_create_answers_survives(submitted: Submitted) -> None:
    assert tasks.created_from_message(sent(tasks.created_to_message(submitted))) == submitted


@given(MACHINES, values(Submitted))
def test_what_a_verb_answers_survives_with_the_machine_that_was_asked_for(
    machine: MachineId, submitted: Submitted
) -> None:
    message = sent(tasks.submitted_to_message(submitted))
    assert tasks.submitted_from_message(message, machine) == dataclasses.replace(submitted, machine=machine)


@given(values(TaskState))
def test_a_task_state_survives_with_the_exact_error(state: TaskState) -> None:
    found = tasks.task_state_from_message(sent(tasks.task_state_to_message(state)))
    assert dataclasses.replace(found, error=None) == dataclasses.replace(state, error=None)
    assert (type(found.error), str(found.error)) == (type(state.error), str(state.error))


@given(MACHINES, values(SnapshotOrder))
def test_a_snapshot_order_survives(machine: MachineId, order: SnapshotOrder) -> None:
    assert snapshots.order_from_message(sent(snapshots.order_to_message(machine, order))) == (machine, order)


@given(values(TakenSnapshot))
def test_a_taken_snapshot_survives(taken: TakenSnapshot) -> None:
    assert snapshots.taken_from_message(sent(snapshots.taken_to_message(taken))) == taken


@given(MACHINES, TEXTS.map(SnapshotId))
def test_a_named_snapshot_survives_deletion_and_revert(machine: MachineId, snapshot: SnapshotId) -> None:
    deletion = sent(snapshots.deletion_to_message(machine, snapshot))
    revert = sent(snapshots.revert_to_message(machine, snapshot))
    assert snapshots.snapshot_from_message(deletion) == (machine, snapshot)
    assert snapshots.snapshot_from_message(revert) == (machine, snapshot)


@given(MACHINES, values(CloneOrder))
def test_a_clone_order_survives(source: MachineId, order: CloneOrder) -> None:
    assert clones.order_from_message(sent(clones.order_to_message(source, order))) == (source, order)


@given(values(Submitted))
def test_what_clone_answers_survives(submitted: Submitted) -> None:
    submitted = dataclasses.replace(submitted, state=None)
    assert clones.cloned_from_message(sent(clones.cloned_to_message(submitted))) == submitted


@given(values(ImageOrder))
def test_an_image_order_survives(order: ImageOrder) -> None:
    assert images.order_from_message(sent(images.order_to_message(order))) == order


@given(values(ImageOrder))
def test_a_query_for_an_image_survives_without_what_only_a_download_needs(order: ImageOrder) -> None:
    found = images.query_from_message(sent(images.query_to_message(order)))
    assert found == dataclasses.replace(order, download=Download())


@given(values(ImageState) | st.none())
def test_the_state_of_an_image_survives(state: ImageState | None) -> None:
    assert images.state_from_message(sent(images.state_to_message(state))) == state


@given(TEXTS)
def test_the_name_of_an_image_survives_deletion(name: str) -> None:
    assert images.deletion_from_message(sent(images.deletion_to_message(name))) == name


@given(values(PreparedImage))
def test_a_prepared_image_survives(prepared: PreparedImage) -> None:
    assert images.prepared_from_message(sent(images.prepared_to_message(prepared))) == prepared


@given(values(ExportOrder))
def test_an_export_order_survives(order: ExportOrder) -> None:
    assert disk_transfer.export_from_message(sent(disk_transfer.export_to_message(order))) == order


@given(values(Exported))
def test_what_export_answers_survives(exported: Exported) -> None:
    assert disk_transfer.exported_from_message(sent(disk_transfer.exported_to_message(exported))) == exported


@given(values(ImportOrder))
def test_an_import_order_survives(order: ImportOrder) -> None:
    assert disk_transfer.import_from_message(sent(disk_transfer.import_to_message(order))) == order


@given(values(Imported))
def test_what_import_answers_survives(imported: Imported) -> None:
    assert disk_transfer.imported_from_message(sent(disk_transfer.imported_to_message(imported))) == imported


@given(MACHINES, TEXTS, st.none() | TEXTS.map(SnapshotId))
def test_a_question_about_a_disk_survives(machine: MachineId, disk: str, snapshot: SnapshotId | None) -> None:
    message = sent(disk_transfer.disk_query_to_message(machine, disk, snapshot))
    assert disk_transfer.disk_query_from_message(message) == (machine, disk, snapshot)


@given(values(DiskInfo))
def test_what_is_known_of_a_disk_survives(info: DiskInfo) -> None:
    assert disk_transfer.disk_info_from_message(sent(disk_transfer.disk_info_to_message(info))) == info


@given(values(MachineEvent))
def test_a_machine_event_survives(event: MachineEvent) -> None:
    assert event_from_message(sent(event_to_message(event))) == event


def words(choices: type[Enum]) -> st.SearchStrategy[Any]:
    return st.lists(st.sampled_from(choices), min_size=1, unique=True).map(tuple)


TRANSFERS = {
    "export_backends": words(Backend),
    "import_backends": words(Backend),
    "transfer_modes": words(TransferMode),
}
FACETS = st.frozensets(st.sampled_from(Facet))
FLAGS = {
    name: st.booleans()
    for name in ("reconfigure_online", "disk_expansion_online", "memory_snapshots", "export_compression")
}
LISTS = {
    name: st.lists(TEXTS, max_size=3).map(tuple)
    for name in ("disk_types", "network_types", "export_formats", "import_formats")
}


@st.composite
def all_capabilities(draw: st.DrawFn) -> Capabilities:
    """What a provider may claim: details of a facet only where the facet is there."""
    facets = draw(FACETS)
    transfers = TRANSFERS if Facet.DISK_TRANSFER in facets else {}
    linked = st.booleans() if Facet.CLONES in facets else st.just(value=False)
    fields = {**FLAGS, **LISTS, **transfers, "linked_clones": linked}
    return Capabilities(facets=facets, **draw(st.fixed_dictionaries(fields)))


@given(all_capabilities())
def test_capabilities_survive_with_their_facets(capabilities: Capabilities) -> None:
    assert capabilities_from_message(sent(capabilities_to_message(capabilities))) == capabilities


def test_empty_guest_data_is_the_same_as_none() -> None:
    spec = machines.spec_from_message(
        pb2.CreateRequest(name="vm-a", class_json='{"CPU":1,"MemoryMiB":1}', user_data=b"", meta_data=b"", ignition=b"")
    )
    assert (spec.guest, spec.hardware.root_disk) == (GuestData(), RootDisk())


@given(st.dictionaries(TEXTS, TEXTS | st.sampled_from(['"', "\\", "\n\x00", "<&>", "\u2028"]), max_size=4))
def test_facts_as_texts_are_the_same_json_as_any_document(facts: dict[str, str]) -> None:
    assert write_texts(facts) == write_json(dict(facts))
    assert json.loads(write_texts(facts)) == facts

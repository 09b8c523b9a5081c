"""What a provider may claim is what it implements."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from virtrigaud_api.contract import (
    Backend,
    Capabilities,
    CloneOrder,
    Facet,
    MachineEvent,
    MachineEventKind,
    MachineId,
    SnapshotId,
    SnapshotOrder,
    Submitted,
    TakenSnapshot,
    TransferMode,
    advertised,
    facets_of,
)

EVERYTHING = Capabilities(
    facets=frozenset(Facet),
    reconfigure_online=True,
    disk_expansion_online=True,
    memory_snapshots=True,
    linked_clones=True,
    disk_types=("qcow2",),
    network_types=("bridge",),
    export_formats=("qcow2",),
    import_formats=("raw",),
    export_compression=True,
    export_backends=(Backend.PVC,),
    import_backends=(Backend.NFS,),
    transfer_modes=(TransferMode.RELAY,),
)


@dataclass(frozen=True)
class Snapshotting:
    """A provider with one facet."""

    async def snapshot(self, _machine: MachineId, order: SnapshotOrder) -> TakenSnapshot:
        return TakenSnapshot(id=SnapshotId(order.name))

    async def delete_snapshot(self, machine: MachineId, _snapshot: SnapshotId) -> Submitted:
        return Submitted(machine=machine)

    async def revert_to_snapshot(self, machine: MachineId, _snapshot: SnapshotId) -> Submitted:
        return Submitted(machine=machine)


@dataclass(frozen=True)
class CloningAndWatching:
    """A provider with two facets."""

    async def clone(self, _source: MachineId, order: CloneOrder) -> Submitted:
        return Submitted(machine=MachineId(order.name))

    async def events(self) -> AsyncIterator[MachineEvent]:
        yield MachineEvent(kind=MachineEventKind.RESYNC)


def test_l18_a_facet_is_there_when_its_protocol_is_implemented() -> None:
    assert facets_of(Snapshotting()) == {Facet.SNAPSHOTS}
    assert facets_of(CloningAndWatching()) == {Facet.CLONES, Facet.WATCH}
    assert facets_of(object()) == frozenset()


def test_l18_a_claim_without_its_facet_is_taken_back() -> None:
    assert advertised(Snapshotting(), EVERYTHING) == Capabilities(
        facets=frozenset({Facet.SNAPSHOTS}),
        reconfigure_online=True,
        disk_expansion_online=True,
        memory_snapshots=True,
        disk_types=("qcow2",),
        network_types=("bridge",),
    )
    assert advertised(CloningAndWatching(), EVERYTHING) == Capabilities(
        facets=frozenset({Facet.CLONES, Facet.WATCH}),
        reconfigure_online=True,
        disk_expansion_online=True,
        linked_clones=True,
        disk_types=("qcow2",),
        network_types=("bridge",),
    )

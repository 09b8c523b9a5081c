"""The memory provider: the whole port and every facet, as a table of contents.

What each call means is told by the module that is named after it; this one says in which order
things happen: faults that were ordered, what is had already, the checks, and the deed.
"""

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final, Self

from virtrigaud_api.contract import (
    Capabilities,
    CloneOrder,
    DiskInfo,
    DiskType,
    Exported,
    ExportOrder,
    GuestCommand,
    ImageOrder,
    ImageState,
    Imported,
    ImportOrder,
    MachineEvent,
    MachineId,
    MachineSpec,
    MachineState,
    Owner,
    PowerVerb,
    PreparedImage,
    SnapshotId,
    SnapshotOrder,
    Submitted,
    TakenSnapshot,
    TaskRef,
    TaskState,
)
from virtrigaud_provider_sdk.event_stream import EventHub
from virtrigaud_provider_sdk.task_book import TaskBook
from virtrigaud_provider_sdk.task_journal import TaskJournal

from virtrigaud_provider_memory import clones, create, disk_transfer, guest_commands, images, snapshots
from virtrigaud_provider_memory.administrator import Administrator
from virtrigaud_provider_memory.capacity import check_room_to_store
from virtrigaud_provider_memory.checks import check_storage
from virtrigaud_provider_memory.faults import Faults, subject_to_faults
from virtrigaud_provider_memory.guest import time_to_stop
from virtrigaud_provider_memory.hypervisor import Hypervisor
from virtrigaud_provider_memory.settings import MemorySettings
from virtrigaud_provider_memory.state_file import StateFile
from virtrigaud_provider_memory.verbs import Verb
from virtrigaud_provider_memory.work import Deed, Work
from virtrigaud_provider_memory.world import Keep, World, started_at

_STATED: Final = Capabilities(
    disk_expansion_online=True,
    memory_snapshots=True,
    linked_clones=True,
    disk_types=tuple(kind.value for kind in DiskType),
    network_types=("network", "bridge", "vlan"),
    export_formats=disk_transfer.FORMATS,
    import_formats=disk_transfer.FORMATS,
    export_compression=True,
    export_backends=disk_transfer.BACKENDS,
    import_backends=disk_transfer.BACKENDS,
    transfer_modes=disk_transfer.MODES,
)


class MemoryProvider:
    """A hypervisor in memory that implements the whole port and every facet.

    Attributes:
        faults: What goes wrong next.
        administrator: Does what people do behind the provider's back.
    """

    def __init__(self, settings: MemorySettings | None = None) -> None:
        self._settings = settings or MemorySettings()
        self._journal = StateFile(self._settings.state) if self._settings.state else None
        self._world = World(self._journal)
        self._hub = EventHub()
        journal = TaskJournal(self._settings.task_journal) if self._settings.state else None
        self._book = TaskBook(publish=self._hub.publish, journal=journal)
        self._hypervisor = Hypervisor(self._world, self._settings, self._hub.publish)
        self.faults = Faults(self._settings.faults, unreachable_while=self._settings.unreachable_while)
        self.administrator = Administrator(self._world)
        self._work = Work(self._book, self._settings, self.faults)

    async def __aenter__(self) -> Self:
        """Begin to serve."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let running tasks end, end the event streams, and let go of the state file."""
        await self._book.drain(timedelta(seconds=self._settings.drain_seconds / 2))
        self._hub.close()
        if self._journal is not None:
            self._journal.close()

    # The port.

    async def capabilities(self) -> Capabilities:
        """State what this provider can do beyond the port."""
        return replace(_STATED, reconfigure_online=self._settings.reconfigure_online, suspend=self._settings.suspend)

    @subject_to_faults(Verb.VALIDATE)
    async def validate(self) -> None:
        """Return: a hypervisor in memory is well unless a fault was ordered."""

    @subject_to_faults(Verb.CREATE)
    async def create(self, spec: MachineSpec) -> Submitted:
        """Make a machine, powered off unless it shall start, or return the one that this owner has already."""
        owned = self._world.owned_by(spec.owner)
        if owned is not None:
            return Submitted(machine=owned.id)
        create.check_creation(self._world, self._settings, spec)
        holds, detail = f"name {spec.name}", f"{spec.owner} {spec.owner.uid}"
        takes = self._settings.duration(Verb.CREATE)
        if spec.starts:
            takes += self._settings.duration(Verb.POWER)
        deed = Deed(verb=Verb.CREATE, holds=holds, detail=detail, made_for=spec.owner, takes=takes)
        return self._work.submit(deed, lambda: self._hypervisor.made(spec))

    @subject_to_faults(Verb.FIND)
    async def find(self, owner: Owner) -> Submitted | None:
        """Return the machine of an owner, or the task that makes it."""
        owned = self._world.owned_by(owner)
        if owned is not None:
            return Submitted(machine=owned.id)
        task = self._work.making(owner)
        return None if task is None else Submitted(task=task)

    @subject_to_faults(Verb.DESCRIBE)
    async def describe(self, machine: MachineId) -> MachineState | None:
        """Look at a machine."""
        found = self._world.machines.get(machine)
        return None if found is None else self._hypervisor.seen(found)

    @subject_to_faults(Verb.POWER)
    async def power(self, machine: MachineId, verb: PowerVerb, grace: timedelta) -> Submitted:
        """Change the power state."""
        found = self._world.require(machine)
        if self._hypervisor.powered(found, verb) is found:
            return Submitted(machine=machine)
        if verb is PowerVerb.SHUTDOWN:
            # A guest that shuts down holds nothing: its machine may be powered off or deleted meanwhile.
            run, takes = started_at(found), time_to_stop(found, self._settings, grace)
            deed = Deed(verb=Verb.POWER, detail=f"{verb} {run}", machine=machine, takes=takes)
            return self._work.submit(deed, lambda: self._hypervisor.end_run(machine, run))
        deed = Deed(verb=Verb.POWER, holds=machine, detail=verb, machine=machine)
        return self._work.submit(deed, lambda: self._hypervisor.set_power(machine, verb))

    @subject_to_faults(Verb.RECONFIGURE)
    async def reconfigure(self, machine: MachineId, spec: MachineSpec) -> Submitted:
        """Bring CPU, memory, disks and NICs to the spec."""
        self._hypervisor.reconfigured(machine, spec)
        deed = Deed(verb=Verb.RECONFIGURE, holds=machine, detail=repr(spec), machine=machine)
        return self._work.submit(deed, lambda: self._hypervisor.keep(self._hypervisor.reconfigured(machine, spec)))

    @subject_to_faults(Verb.DELETE)
    async def delete(self, machine: MachineId) -> Submitted:
        """Remove a machine with its disks and snapshots."""
        if machine not in self._world.machines:
            return Submitted()
        return self._work.submit(
            Deed(verb=Verb.DELETE, holds=machine, machine=machine), lambda: self._hypervisor.forget(machine)
        )

    @subject_to_faults(Verb.MACHINES)
    async def machines(self) -> Sequence[MachineState]:
        """List every machine of the hypervisor."""
        return [self._hypervisor.seen(machine) for machine in self._world.machines.values()]

    @subject_to_faults(Verb.TASK)
    async def task(self, ref: TaskRef) -> TaskState:
        """Tell how a task stands."""
        return self._book.state(ref)

    @subject_to_faults(Verb.TASK)
    async def cancel_task(self, ref: TaskRef) -> None:
        """Ask a task to stop; its effect does not happen."""
        self._book.cancel(ref)

    # Snapshots.

    @subject_to_faults(Verb.SNAPSHOT)
    async def snapshot(self, machine: MachineId, order: SnapshotOrder) -> TakenSnapshot:
        """Take a snapshot, or return the one of that name."""
        found = self._world.require(machine)
        taken = snapshots.snapshot_named(found, SnapshotId(order.name))
        if taken is not None:
            return TakenSnapshot(id=taken.id)
        snapshots.check_order(found, order)
        submitted = self._work.submit(
            Deed(verb=Verb.SNAPSHOT, holds=machine, detail=order.name, machine=machine),
            lambda: self._hypervisor.keep(snapshots.with_snapshot(self._world.require(machine), order, time.time())),
        )
        return TakenSnapshot(id=SnapshotId(order.name), task=submitted.task)

    @subject_to_faults(Verb.DELETE_SNAPSHOT)
    async def delete_snapshot(self, machine: MachineId, snapshot: SnapshotId) -> Submitted:
        """Delete a snapshot."""
        found = self._world.machines.get(machine)
        if found is None or snapshots.snapshot_named(found, snapshot) is None:
            return Submitted(machine=machine)
        return self._work.submit(
            Deed(verb=Verb.DELETE_SNAPSHOT, holds=machine, detail=snapshot, machine=machine),
            lambda: self._hypervisor.keep(snapshots.without_snapshot(self._world.require(machine), snapshot)),
        )

    @subject_to_faults(Verb.REVERT_TO_SNAPSHOT)
    async def revert_to_snapshot(self, machine: MachineId, snapshot: SnapshotId) -> Submitted:
        """Bring the machine back to a snapshot."""
        self._hypervisor.reverted(machine, snapshot)
        return self._work.submit(
            Deed(verb=Verb.REVERT_TO_SNAPSHOT, holds=machine, detail=snapshot, machine=machine),
            lambda: self._hypervisor.keep(self._hypervisor.reverted(machine, snapshot)),
        )

    # Commands in guests.

    @subject_to_faults(Verb.RUN_IN_GUEST)
    async def run_in_guest(self, machine: MachineId, command: GuestCommand) -> Submitted:
        """Run a program inside the guest."""
        ending = guest_commands.ending_of(self._world.require(machine), command)

        def end() -> MachineId:
            self.administrator.commands.append((machine, command.arguments))
            if ending.error is not None:
                raise ending.error
            return machine

        deed = Deed(verb=Verb.RUN_IN_GUEST, detail=command.key, machine=machine, takes=ending.after)
        return self._work.submit(deed, end)

    # Clones.

    @subject_to_faults(Verb.CLONE)
    async def clone(self, source: MachineId, order: CloneOrder) -> Submitted:
        """Copy a machine, or return the copy that the owner has already."""
        owned = self._world.owned_by(order.owner)
        if owned is not None:
            return Submitted(machine=owned.id)
        clones.check_order(self._world, self._settings, self._world.require(source), order)
        deed = Deed(verb=Verb.CLONE, holds=f"name {order.name}", detail=f"{order.owner} {order.owner.uid}")
        return self._work.submit(
            deed, lambda: clones.clone(self._world, self._settings, self._world.require(source), order)
        )

    # Images.

    @subject_to_faults(Verb.PREPARE_IMAGE)
    async def prepare_image(self, order: ImageOrder) -> PreparedImage:
        """Store an image under a name."""
        path = images.image_path(order.name)
        if order.name in self._world.images:
            return PreparedImage(id=order.name, path=path)
        images.check_order(self._world, self._settings, order)
        deed = Deed(verb=Verb.PREPARE_IMAGE, holds=f"image {order.name}")
        submitted = self._work.submit(deed, lambda: images.prepare(self._world, self._settings, order))
        return PreparedImage(id=order.name, path=path, task=submitted.task)

    @subject_to_faults(Verb.IMAGE)
    async def image(self, order: ImageOrder) -> ImageState | None:
        """Look for an image."""
        return images.find(self._world, self._settings, order)

    @subject_to_faults(Verb.DELETE_IMAGE)
    async def delete_image(self, name: str) -> Submitted:
        """Delete a prepared image that nothing rests on."""
        images.delete(self._world, name)
        return Submitted()

    # Disk transfer.

    @subject_to_faults(Verb.EXPORT_DISK)
    async def export_disk(self, order: ExportOrder) -> Exported:
        """Write a disk to a staging place."""
        file = disk_transfer.staged_file(self._settings.staging_directory, order.destination, order.format)
        disk = disk_transfer.disk_of(self._world.require(order.machine), order.disk, order.snapshot)
        document = disk_transfer.document_of(disk, order)
        deed = Deed(verb=Verb.EXPORT_DISK, holds=f"file {file}", machine=order.machine)
        submitted = self._work.submit(deed, lambda: disk_transfer.write_whole(file, document))
        return Exported(
            id=order.destination.url,
            task=submitted.task,
            estimated_size_bytes=len(document),
            checksum=disk_transfer.checksum_of(document),
        )

    @subject_to_faults(Verb.IMPORT_DISK)
    async def import_disk(self, order: ImportOrder) -> Imported:
        """Make a loose disk from a staging place."""
        check_storage(order.storage, self._settings)
        there = self._world.loose_disks.get(order.name)
        if there is not None:
            return Imported(disk_id=there.name, path=there.path, size_bytes=there.size_bytes)
        file = disk_transfer.staged_file(self._settings.staging_directory, order.source, order.format)
        disk, checksum = disk_transfer.read_staged(file, order)
        check_room_to_store(self._world, self._settings, order.name, disk.size_bytes)
        submitted = self._work.submit(
            Deed(verb=Verb.IMPORT_DISK, holds=f"disk {order.name}"), lambda: self._world.apply(Keep(disk))
        )
        return Imported(
            disk_id=disk.name, path=disk.path, task=submitted.task, size_bytes=disk.size_bytes, checksum=checksum
        )

    @subject_to_faults(Verb.DISK_INFO)
    async def disk_info(self, machine: MachineId, disk: str, snapshot: SnapshotId | None = None) -> DiskInfo:
        """Describe one disk."""
        found = self._world.require(machine)
        return disk_transfer.info_of(found, disk_transfer.disk_of(found, disk, snapshot))

    # Watch.

    async def events(self) -> AsyncIterator[MachineEvent]:
        """Stream what happens from now on, beginning with one RESYNC."""
        await self.faults.before(Verb.EVENTS)
        self._hypervisor.announce_addresses()
        async for event in self._hub.events():
            yield event

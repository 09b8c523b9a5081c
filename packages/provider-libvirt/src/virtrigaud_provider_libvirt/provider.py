"""The libvirt provider: the port as a table of contents. What a verb does is told by the module of its name."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import timedelta
from functools import partial
from typing import Self

from virtrigaud_api.contract import (
    Capabilities,
    DiskType,
    GuestCommand,
    ImageOrder,
    ImageState,
    MachineEvent,
    MachineId,
    MachineSpec,
    MachineState,
    Owner,
    PowerState,
    PowerVerb,
    PreparedImage,
    Submitted,
    TaskRef,
    TaskState,
)
from virtrigaud_provider_sdk.event_stream import EventHub
from virtrigaud_provider_sdk.task_book import TaskBook, Work
from virtrigaud_provider_sdk.task_journal import Resumable, TaskJournal

from virtrigaud_provider_libvirt import create, delete, describe, guest_commands, lookup, power, reconfigure, tasks
from virtrigaud_provider_libvirt.events import EventFeed
from virtrigaud_provider_libvirt.identity import identify, machine_of
from virtrigaud_provider_libvirt.image_checksum import VerifiedImages
from virtrigaud_provider_libvirt.images import Images
from virtrigaud_provider_libvirt.inventory import Inventory
from virtrigaud_provider_libvirt.machine_locks import MachineLocks
from virtrigaud_provider_libvirt.session import Session
from virtrigaud_provider_libvirt.settings import LibvirtSettings

_CAPABILITIES = Capabilities(
    reconfigure_online=True,
    disk_expansion_online=True,
    suspend=True,
    disk_types=(DiskType.THIN, DiskType.THICK),
    network_types=("network", "bridge"),
)


class LibvirtProvider:
    """A libvirt host that runs machines. Enter it before use; leaving ends its tasks, streams and connection."""

    def __init__(self, settings: LibvirtSettings, journal: TaskJournal | None = None) -> None:
        """Prepare to serve; with a journal, tasks survive a restart.

        Raises:
            Unavailable: The journal can't be written.
        """
        self._settings = settings
        self._inventory = Inventory()
        self._means = create.Means(settings, VerifiedImages(), self._inventory)
        self._hub = EventHub()
        self._book = TaskBook(publish=self._hub.publish, journal=journal)
        self._locks = MachineLocks()
        self._feed = EventFeed(self._hub, self._inventory, self.describe)
        self._session = Session(settings, self._feed)
        self._images = Images(settings, self._session, self._book, self._means.verified)

    async def __aenter__(self) -> Self:
        """Begin to serve, and go on with what a restart interrupted; the connection is opened by the first call."""
        self._book.resume({tasks.SHUT_DOWN: lambda argument: self._shut_down(tasks.ShutDown.resumed(argument))})
        return self

    async def __aexit__(self, *_: object) -> None:
        """End tasks, streams and the connection."""
        await self._book.drain(timedelta(seconds=self._settings.drain_seconds / 2))
        await self._locks.drain()
        self._hub.close()
        await self._feed.close()
        await self._session.close()

    async def capabilities(self) -> Capabilities:
        """State what this provider can do beyond the port."""
        return _CAPABILITIES

    async def validate(self) -> None:
        """Ask libvirt for its version, over the connection that all calls use."""
        await self._session.run("reach libvirt", "validate", lambda link: link.connection.getLibVersion())

    async def create(self, spec: MachineSpec) -> Submitted:
        """Make a machine, powered off unless it shall start, or return the one that this owner has already."""
        if create.is_long(spec):
            return Submitted(task=self._book.start(_creation_of(spec.owner), self._make(spec)))
        return Submitted(machine=await self._make(spec))

    async def find(self, owner: Owner) -> Submitted | None:
        """Return the machine of an owner, or the task that makes it."""
        task = self._book.find(_creation_of(owner))
        if task is not None:
            return Submitted(task=task)
        machine = machine_of(owner)
        looking = self._session.run(
            f"find the machine of {owner}", "find", lambda link: lookup.domain(link.connection, machine) is not None
        )
        # A creation whose caller has gone away goes on behind the lock of its machine.
        return Submitted(machine=machine) if await self._locks.run(machine, looking) else None

    async def describe(self, machine: MachineId) -> MachineState | None:
        """Look at a machine."""
        work = partial(describe.describe, inventory=self._inventory, machine=machine)
        state = await self._session.run(f"describe machine {machine}", "describe", work)
        if state is not None and state.power is PowerState.ON and state.nics and not state.addresses:
            self._feed.await_address(state.id)
        return state

    async def power(self, machine: MachineId, verb: PowerVerb, grace: timedelta) -> Submitted:
        """Change the power state."""
        deed = power.DEEDS[verb]
        changing = self._session.run(
            f"{verb} machine {machine}", "power", lambda link: deed(link, machine, self._inventory)
        )
        if await self._locks.run(machine, changing):
            return Submitted(machine=machine)
        if verb is PowerVerb.SUSPEND:
            return self._submitted(verb, machine, self._suspend(machine))
        order = tasks.ShutDown.within(machine, grace)
        return self._submitted(verb, machine, self._shut_down(order), order.resumable)

    async def run_in_guest(self, machine: MachineId, command: GuestCommand) -> Submitted:
        """Run a program inside the guest."""
        doing = f"run {command.arguments[0]} in the guest of machine {machine}"
        await self._session.run(doing, "guest command", partial(guest_commands.check, machine=machine))
        work = guest_commands.run(self._session, machine, command)
        task = self._book.start(f"run in guest {machine} {command.key}", work, machine=machine)
        return Submitted(machine=machine, task=task)

    async def reconfigure(self, machine: MachineId, spec: MachineSpec) -> Submitted:
        """Bring CPU, memory, disks and NICs to the spec."""
        work = partial(reconfigure.reconfigure, machine=machine, spec=spec, settings=self._settings)
        await self._locks.run(machine, self._session.run(f"reconfigure machine {machine}", "reconfigure", work))
        return Submitted(machine=machine)

    async def delete(self, machine: MachineId) -> Submitted:
        """Remove a machine and what was made for it."""
        work = partial(delete.delete, machine=machine)
        await self._locks.run(machine, self._session.run(f"delete machine {machine}", "delete", work))
        return Submitted(machine=machine)

    async def machines(self) -> Sequence[MachineState]:
        """List every machine of the host."""
        work = partial(describe.describe_all, inventory=self._inventory)
        return await self._session.run("list machines", "machines", work)

    async def task(self, ref: TaskRef) -> TaskState:
        """Tell how a task stands."""
        return self._book.state(ref)

    async def cancel_task(self, ref: TaskRef) -> None:
        """Stop the import of an image; other tasks go on."""
        self._images.cancel(ref)

    async def prepare_image(self, order: ImageOrder) -> PreparedImage:
        """Import an image into a storage pool."""
        return await self._images.prepare(order)

    async def image(self, order: ImageOrder) -> ImageState | None:
        """Look for an image."""
        return await self._images.find(order)

    async def delete_image(self, name: str) -> Submitted:
        """Delete an import that no disk rests on."""
        return await self._images.delete(name)

    async def events(self) -> AsyncIterator[MachineEvent]:
        """Stream what libvirt tells about machines."""
        await self.validate()
        async with aclosing(self._hub.events()) as events:
            async for event in events:
                yield event

    async def _suspend(self, machine: MachineId) -> MachineId:
        saving = self._session.run(f"suspend machine {machine}", "suspend", partial(power.save_memory, machine=machine))
        await self._locks.run(machine, saving)
        return machine

    async def _make(self, spec: MachineSpec) -> MachineId:
        machine = identify(spec.owner, spec.name).machine
        work = partial(create.create, spec=spec, means=self._means)
        return await self._locks.run(machine, self._session.run(f"create machine {spec.owner}", "create", work))

    async def _shut_down(self, order: tasks.ShutDown) -> MachineId:
        return await tasks.shut_down(self._session, self._hub, self._inventory, order)

    def _submitted(
        self, verb: PowerVerb, machine: MachineId, work: Work, resumable: Resumable | None = None
    ) -> Submitted:
        task = self._book.start(f"{verb} {machine}", work, machine=machine, resumable=resumable)
        return Submitted(machine=machine, task=task)


def _creation_of(owner: Owner) -> str:
    """Name the creation of an owner's machine in the task book."""
    return f"create {owner} {owner.uid}"

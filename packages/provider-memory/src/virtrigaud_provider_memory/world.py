"""What exists on the hypervisor: machines, images and loose disks as frozen values, in one `World`.

A change never edits a value: it keeps a new one in its place, and `World.apply` makes all changes of
one effect at once, in memory and, where there is a state file, on disk. No rule about what may be
changed lives here; those are in the modules named after the verbs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from virtrigaud_api.contract import (
    Checksum,
    Customization,
    DiskType,
    Hardware,
    MachineId,
    MachineSpec,
    Nic,
    NotFound,
    Owner,
    PowerState,
    SnapshotId,
    SnapshotOrder,
)

ROOT_DISK = "root"
"""Name of the disk that is made from the boot source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A disk of a machine, or a loose one that was imported and waits for its machine.

    Attributes:
        content: Stands for the bytes: two disks with the same content hold the same data.
        backing: Path of the layer that this disk shares copy-on-write.
    """

    name: str
    path: str
    size_bytes: int
    content: str
    format: str = "raw"
    type: DiskType | None = None
    storage: str | None = None
    backing: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """A NIC with the MAC address that it keeps for the machine's whole life."""

    nic: Nic
    mac: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a running guest was started with; it differs from the spec while a restart is pending.

    Attributes:
        started: Seconds since the epoch.
    """

    hardware: Hardware
    started: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Everything of a machine that a snapshot preserves.

    Attributes:
        shelved: Disks that the spec names no more, unplugged with their content.
        run: The running guest; None while the machine is off.
        hostname: What the guest calls itself since its first boot.
    """

    spec: MachineSpec
    power: PowerState
    disks: tuple[Disk, ...]
    interfaces: tuple[Interface, ...]
    shelved: tuple[Disk, ...] = ()
    run: Run | None = None
    hostname: str | None = None
    customization: Customization | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The body of a machine as it was at `taken` (seconds since the epoch)."""

    id: SnapshotId
    order: SnapshotOrder
    taken: float
    body: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine of the hypervisor.

    Attributes:
        owner: None when nobody of ours made it.
        boots: How often it was started from the beginning.
    """

    id: MachineId
    serial: int
    name: str
    owner: Owner | None
    body: Body
    snapshots: tuple[Snapshot, ...] = ()
    boots: int = 0


def size_of(machine: Machine) -> int:
    """Return how many bytes the machine's disks can hold."""
    return sum(disk.size_bytes for disk in (*machine.body.disks, *machine.body.shelved))


def started_at(machine: Machine) -> float | None:
    """Return when the running guest was started; None while none runs."""
    return None if machine.body.run is None else machine.body.run.started


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A prepared image. No machine ever writes to it."""

    id: str
    path: str
    content: str
    size_bytes: int = 0
    format: str | None = None
    checksum: Checksum | None = None


Thing = Machine | Image | Disk


@dataclass(frozen=True, slots=True)
class Keep:
    """From now on this thing exists, in the place of what had its id."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Forget:
    """From now on this thing does not exist."""

    thing: Thing


Change = Keep | Forget


class Journal(Protocol):
    """Where changes survive the process."""

    def replay(self) -> Iterable[Thing]:
        """Return everything that was kept and not forgotten."""
        ...

    def last_serial(self) -> int:
        """Return the highest machine serial that was ever used."""
        ...

    def record(self, changes: tuple[Change, ...]) -> None:
        """Make the changes durable, all of them or none."""
        ...


class World:
    """All things of the hypervisor by their ids, and machines by owner and by name as well."""

    def __init__(self, journal: Journal | None = None) -> None:
        self.machines: dict[MachineId, Machine] = {}
        self.images: dict[str, Image] = {}
        self.loose_disks: dict[str, Disk] = {}
        self._by_owner: dict[Owner, MachineId] = {}
        self._by_name: dict[str, MachineId] = {}
        self._journal = journal
        self._serial = 0
        self._listeners: list[Callable[[Change], None]] = []
        if journal is not None:
            self._serial = journal.last_serial()
            for thing in journal.replay():
                self._keep(thing)

    def on_change(self, listener: Callable[[Change], None]) -> None:
        """Call the listener after each change."""
        self._listeners.append(listener)

    def next_serial(self) -> int:
        """Return a number that no machine of this world ever had."""
        self._serial += 1
        return self._serial

    def owned_by(self, owner: Owner) -> Machine | None:
        """Return the machine that was made for this owner."""
        found = self._by_owner.get(owner)
        return None if found is None else self.machines[found]

    def named(self, name: str) -> Machine | None:
        """Return the machine of this name, whoever owns it."""
        found = self._by_name.get(name)
        return None if found is None else self.machines[found]

    def require(self, machine: MachineId) -> Machine:
        """Return the machine.

        Raises:
            NotFound: It does not exist.
        """
        found = self.machines.get(machine)
        if found is None:
            raise NotFound(f"machine {machine} does not exist")
        return found

    def apply(self, *changes: Change) -> None:
        """Make the changes, all of them at once."""
        if self._journal is not None:
            self._journal.record(changes)
        for change in changes:
            match change:
                case Keep(thing):
                    self._keep(thing)
                case Forget(thing):
                    self._forget(thing)
        for change in changes:
            for listener in self._listeners:
                listener(change)

    def _keep(self, thing: Thing) -> None:
        match thing:
            case Machine():
                self._unindex(thing.id)
                self.machines[thing.id] = thing
                self._by_name[thing.name] = thing.id
                if thing.owner is not None:
                    self._by_owner[thing.owner] = thing.id
            case Image():
                self.images[thing.id] = thing
            case Disk():
                self.loose_disks[thing.name] = thing

    def _forget(self, thing: Thing) -> None:
        match thing:
            case Machine():
                self._unindex(thing.id)
                self.machines.pop(thing.id, None)
            case Image():
                self.images.pop(thing.id, None)
            case Disk():
                self.loose_disks.pop(thing.name, None)

    def _unindex(self, machine: MachineId) -> None:
        before = self.machines.get(machine)
        if before is not None:
            self._by_name.pop(before.name, None)
            if before.owner is not None:
                self._by_owner.pop(before.owner, None)

"""The machine: what is wanted of it (`MachineSpec`) and what is seen of it (`MachineState`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from virtrigaud_api.contract.disk import DataDisk, DiskState
from virtrigaud_api.contract.hardware import Hardware
from virtrigaud_api.contract.images import BootSource
from virtrigaud_api.contract.names import MachineId
from virtrigaud_api.contract.nic import Nic, NicState
from virtrigaud_api.contract.units import MiB


class PowerState(StrEnum):
    """The power state as the hypervisor shows it."""

    ON = "On"
    OFF = "Off"
    SUSPENDED = "Suspended"
    CRASHED = "Crashed"
    UNKNOWN = "Unknown"


class PowerVerb(StrEnum):
    """A change of the power state."""

    ON = "power on"
    OFF = "power off"
    SHUTDOWN = "shut down"
    REBOOT = "reboot"
    SUSPEND = "suspend"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose machine it is: the Kubernetes object, by namespace, name and uid.

    A caller that knows no objects (the wire of the Go project carries none) has only a name.
    """

    namespace: str
    name: str
    uid: str

    def __str__(self) -> str:
        """Return `namespace/name`, the way that messages speak of an object."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestData:
    """What the guest reads at its first boot. It may hold secrets, so it never shows in a repr or a log.

    Attributes:
        user_data: cloud-init user data.
        meta_data: cloud-init meta data (YAML), merged over what the provider states itself.
        network_data: cloud-init network config (YAML, version 1 or 2). It takes the place of the one that is
            derived from the NICs, so that static addresses of the NICs are not told to the guest.
        ignition: Ignition config (JSON).
    """

    user_data: bytes | None = field(default=None, repr=False)
    meta_data: bytes | None = field(default=None, repr=False)
    network_data: bytes | None = field(default=None, repr=False)
    ignition: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where the machine should live, in the hypervisor's own names; None leaves the provider's default."""

    datastore: str | None = None
    storage_pod: str | None = None
    cluster: str | None = None
    folder: str | None = None
    host: str | None = None
    resource_pool: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSpec:
    """Everything that is wanted of a machine, apart from its power state.

    Each provider honours every field or refuses the spec with `Unsupported` or `InvalidSpec`; only `starts`
    may be left aside.

    Attributes:
        owner: Makes `create` idempotent; stored natively by the provider.
        name: Wanted name; the provider may make the native name from owner and name.
        starts: `create` may start the machine as well, as its last deed. It means nothing to `reconfigure`.
    """

    owner: Owner
    name: str
    hardware: Hardware
    boot: BootSource
    nics: tuple[Nic, ...] = ()
    disks: tuple[DataDisk, ...] = ()
    guest: GuestData = GuestData()
    placement: Placement = Placement()
    tags: tuple[str, ...] = ()
    starts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineState:
    """A machine as the hypervisor shows it.

    Attributes:
        owner: The owner that `create` stored; None for a machine that is not ours.
        cpus: Number of virtual CPUs; 0 where the provider does not tell, as the Go project's may.
        memory: Memory; 0 where the provider does not tell.
        addresses: IP addresses of the guest in a stable order, without loopback and link-local.
        pending_restart: A change was accepted that the running guest sees only after a restart.
        tags: Tags that the machine carries.
        placement: Where it lives, as far as that is told.
        is_complete: NICs, disks and tags are told completely, by the names of the spec, so that something
            missing among them is really missing; False where the provider tells less, as the Go project's.
        raw: Facts in the hypervisor's own words, for people.
    """

    id: MachineId
    name: str
    owner: Owner | None
    power: PowerState
    cpus: int
    memory: MiB
    addresses: tuple[str, ...] = ()
    hostname: str | None = None
    console_url: str | None = None
    nics: tuple[NicState, ...] = ()
    disks: tuple[DiskState, ...] = ()
    pending_restart: bool = False
    tags: tuple[str, ...] = ()
    placement: Placement = Placement()
    is_complete: bool = False
    raw: Mapping[str, str] = field(default_factory=dict)

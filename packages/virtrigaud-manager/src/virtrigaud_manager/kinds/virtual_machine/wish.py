"""What the spec comes to: the machine that the provider shall hear of, or why there is none to tell.

`observe` makes it with `desired`; part of the observation.
"""

from dataclasses import dataclass

from virtrigaud_api.contract import MachineSpec, SnapshotId

from virtrigaud_manager.cluster.object_key import ObjectKey


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the provider shall hear.

    Attributes:
        digest: Of all that can change after the creation.
        origin: Of what can't: see `origin`.
        receipts: What is noted about the image that the machine is made from.
    """

    spec: MachineSpec
    digest: str
    origin: str = ""
    receipts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """A thing that the VirtualMachine names and that can't be used."""

    what: ObjectKey
    why: str = "does not exist"

    def __str__(self) -> str:
        return f"{self.what} {self.why}"


@dataclass(frozen=True, slots=True)
class Lacking:
    """The spec names things that can't be used."""

    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Imageless:
    """The image is not on the provider yet."""

    why: str


@dataclass(frozen=True, slots=True)
class Unsuitable:
    """The spec asks for something that can't be right or that nobody does."""

    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unprovided:
    """The spec asks for something that this provider can't do."""

    faults: tuple[str, ...]


Wish = Wanted | Lacking | Imageless | Unsuitable | Unprovided


@dataclass(frozen=True, slots=True)
class RevertTo:
    """The machine is to be as it was at a snapshot that is ready."""

    key: ObjectKey
    uid: str
    snapshot: SnapshotId


@dataclass(frozen=True, slots=True)
class RevertToMissing:
    """The snapshot is not there, or not ready."""

    missing: Missing


@dataclass(frozen=True, slots=True)
class RevertToOther:
    """The snapshot is not one of this machine."""

    fault: str


Reversion = RevertTo | RevertToMissing | RevertToOther

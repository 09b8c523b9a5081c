"""How a client wants a write to be done, and what came of it."""

from dataclasses import dataclass
from enum import Enum

from virtrigaud_localkube.authorization.identity import SERVER, Identity
from virtrigaud_localkube.storage.stored import Stored


class FieldValidation(Enum):
    """What happens to fields that the schema doesn't know."""

    IGNORE = "Ignore"
    WARN = "Warn"
    STRICT = "Strict"


class Propagation(Enum):
    """What a deletion does to the objects that the deleted one owns."""

    BACKGROUND = "Background"
    FOREGROUND = "Foreground"
    ORPHAN = "Orphan"


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """The options of a create, update, patch or apply."""

    manager: str
    subresource: str = ""
    is_dry_run: bool = False
    field_validation: FieldValidation = FieldValidation.WARN
    force: bool = False
    who: Identity = SERVER


@dataclass(frozen=True, slots=True)
class DeleteOptions:
    """The options of a deletion."""

    propagation: Propagation = Propagation.BACKGROUND
    uid: str = ""
    resource_version: str = ""
    is_dry_run: bool = False
    who: Identity = SERVER


@dataclass(frozen=True, slots=True)
class Written:
    """The object after a write, and what the writer should know."""

    stored: Stored
    warnings: tuple[str, ...] = ()
    is_created: bool = False


@dataclass(frozen=True, slots=True)
class Deleted:
    """The object as the deletion left it, or as it was last."""

    stored: Stored
    is_gone: bool
    warnings: tuple[str, ...] = ()

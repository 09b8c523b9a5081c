"""The error taxonomy: every error that crosses the port, sorted by how its reader recovers.

Providers raise these and nothing else; the wire maps them to gRPC status codes and back; the
manager decides by `recovery` alone. The reference table in the documentation is generated from here.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import ClassVar


class Recovery(Enum):
    """What the manager does after an error, in the words of the documentation."""

    NEW_GENERATION = "waits for a changed spec"
    DEPENDENCY = "retries slowly, and at once when the missing thing appears"
    PERSON = "waits for a person"
    SOON = "retries within seconds"
    REPLAN = "observes and plans anew"
    CAPACITY = "retries with a slow backoff"
    CAPABILITY = "waits until the provider's capabilities change"
    CREDENTIALS = "retries slowly, and at once when the credentials change"
    BACKOFF = "retries with exponential backoff and jitter, and counts for the breaker"
    LOUD_BACKOFF = "retries with exponential backoff and reports loudly"


class ProviderError(Exception):
    """What a provider could not do.

    The message says what failed, on what, and what the hypervisor said, for example
    "cannot power on machine vm-42: datastore ds1 is out of space". It never carries a credential
    or user data. Raise one of the subclasses; this class itself is only for catching.
    """

    recovery: ClassVar[Recovery] = Recovery.LOUD_BACKOFF

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidSpec(ProviderError):
    """The spec asks for something that can't be right; only a changed spec helps."""

    recovery = Recovery.NEW_GENERATION


class NotFound(ProviderError):
    """A thing that the call names is missing: an image, a network, a pool, a task, a snapshot."""

    recovery = Recovery.DEPENDENCY


class Conflict(ProviderError):
    """The name is taken by a machine of another owner, or of none."""

    recovery = Recovery.PERSON


class Busy(ProviderError):
    """Another operation holds the object; it will be free soon."""

    recovery = Recovery.SOON


class WrongState(ProviderError):
    """The object is not in the state that the call needs."""

    recovery = Recovery.REPLAN


class NoCapacity(ProviderError):
    """The hypervisor has not enough memory, disk space, quota or licences."""

    recovery = Recovery.CAPACITY


class Unsupported(ProviderError):
    """This provider never does that: the facet or the requested feature is not there."""

    recovery = Recovery.CAPABILITY


class Refused(ProviderError):
    """The hypervisor or the provider refused the credentials, the certificate or the permission."""

    recovery = Recovery.CREDENTIALS


class Unavailable(ProviderError):
    """The provider or its hypervisor can't be reached, or did not answer in time."""

    recovery = Recovery.BACKOFF


class ProviderFault(ProviderError):
    """A defect: in the provider, or an answer of the hypervisor that nobody foresaw."""

    recovery = Recovery.LOUD_BACKOFF


TAXONOMY: tuple[type[ProviderError], ...] = (
    InvalidSpec,
    NotFound,
    Conflict,
    Busy,
    WrongState,
    NoCapacity,
    Unsupported,
    Refused,
    Unavailable,
    ProviderFault,
)
"""Every error of the taxonomy, in the order of the documentation."""

BY_NAME: Mapping[str, type[ProviderError]] = MappingProxyType({error.__name__: error for error in TAXONOMY})
"""The taxonomy by class name, for the wire and for settings that inject faults."""

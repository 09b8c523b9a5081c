"""Terms of leadership on the wire: a manager says with each change in which term it speaks.

A manager that was paused while another took over may still have a call on its way. The provider's side
compares terms of the same Lease and refuses the older one. Managers that know no terms send none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

METADATA_KEY: Final = "virtrigaud-term"

_LONGEST: Final = 256


@dataclass(frozen=True, slots=True)
class Term:
    """A term of leadership.

    Attributes:
        lease: The uid of the Lease that the managers agree on.
        number: Grows with each change of the leader.
    """

    lease: str
    number: int


def term_to_metadata(term: Term) -> tuple[tuple[str, str], ...]:
    """Write a term as the metadata of a call."""
    return ((METADATA_KEY, f"{term.lease}/{term.number}"),)


def term_from_metadata(metadata: Iterable[tuple[str, str | bytes]]) -> Term | None:
    """Read the term that a call is made in; None where the caller names none that can be read."""
    text = next((value for key, value in metadata if key == METADATA_KEY), None)
    if not isinstance(text, str) or len(text) > _LONGEST:
        return None
    lease, slash, number = text.rpartition("/")
    return Term(lease, int(number)) if slash and lease and number.isascii() and number.isdecimal() else None

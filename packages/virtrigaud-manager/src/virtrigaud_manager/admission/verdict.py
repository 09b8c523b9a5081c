"""What admission says about a write: what stands against it, and what is allowed but unwise. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a write can't be."""

    field: str
    message: str

    def __str__(self) -> str:
        """Name the field and say what is wrong with it."""
        return f"{self.field}: {self.message}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything that is said about one write."""

    refusals: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """Tell whether the write may be made."""
        return not self.refusals

    @property
    def message(self) -> str:
        """Say all that stands against it."""
        return "; ".join(map(str, self.refusals))


ALLOWED = Verdict()


def verdict(refusals: Iterable[Refusal], warnings: Iterable[str]) -> Verdict:
    """Put a verdict together; one thing is said once."""
    return Verdict(tuple(dict.fromkeys(refusals)), tuple(dict.fromkeys(warnings)))

"""What is known about one pod: a frozen value that `pod` replaces and `status_documents` turns into JSON."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """The process does not run, and why."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Running:
    """The process runs."""

    since: datetime
    ready: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """How the process ended the last time; a negative code is the signal."""

    code: int
    began: datetime
    ended: datetime


@dataclass(frozen=True, slots=True)
class PodState:
    """One pod at one moment."""

    process: Waiting | Running
    since: datetime
    address: str = ""
    restarts: int = 0
    last_end: Ended | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the pod takes requests."""
        return isinstance(self.process, Running) and self.process.ready

"""Which process a number means: a pid together with the moment at which that process started.

A pid alone is reused by the system sooner or later; nothing is ever signalled by pid alone. Linux tells the
start from /proc; elsewhere ps does.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_START_FIELD_AFTER_NAME: Final = 19
_STATE_FIELD_AFTER_NAME: Final = 0
_ZOMBIE: Final = "Z"


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """One process of this machine, and never its successor with the same number."""

    pid: int
    started: str

    @property
    def is_alive(self) -> bool:
        """Whether exactly this process still runs."""
        return _start_of(self.pid) == self.started

    def send(self, signal_number: int) -> bool:
        """Signal the process when it is still this one; says whether it was."""
        if not self.is_alive:
            return False
        try:
            os.kill(self.pid, signal_number)
        except ProcessLookupError:
            return False
        return True

    def send_to_group(self, signal_number: int) -> bool:
        """Signal the process and its children; it must be the leader of its group."""
        if not self.is_alive:
            return False
        try:
            os.killpg(self.pid, signal_number)
        except (ProcessLookupError, PermissionError):
            return False
        return True


def identity_of(pid: int) -> ProcessIdentity | None:
    """The process that has this pid now; None when there is none."""
    started = _start_of(pid)
    return ProcessIdentity(pid, started) if started else None


def _start_of(pid: int) -> str:
    """The start of a running process as the system words it; empty when it does not run."""
    if Path("/proc/self/stat").exists():
        return _start_from_proc(pid)
    answer = subprocess.run(  # noqa: S603
        ["/bin/ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return "" if answer.startswith(_ZOMBIE) else answer.partition(" ")[2].strip()


def _start_from_proc(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # The name in parentheses may hold anything, so count from the last one (proc(5)).
    fields = stat.rpartition(")")[2].split()
    return "" if fields[_STATE_FIELD_AFTER_NAME] == _ZOMBIE else fields[_START_FIELD_AFTER_NAME]

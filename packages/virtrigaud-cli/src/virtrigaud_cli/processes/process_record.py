"""The file in which a running part is remembered, so that another command can find and stop it.

Written by whoever starts a process, read by `vrtg up`, `down` and `status` and by a successor that cleans up
after a killed predecessor.
"""

import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from virtrigaud_cli.processes.process_identity import ProcessIdentity, identity_of

POLL_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """A process that was started, and how often it had to be."""

    name: str
    pid: int
    started: str
    restarts: int = 0

    @classmethod
    def of(cls, name: str, pid: int, *, restarts: int = 0) -> Self:
        """Remember a process that runs now."""
        identity = identity_of(pid)
        return cls(name, pid, identity.started if identity else "", restarts)

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """The record in a file; None when there is none that can be read."""
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            return cls(**document)
        except (OSError, ValueError, TypeError):
            return None

    def write(self, path: Path) -> None:
        """Replace the file at once, so that a reader sees the former or the present record."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.draft")
        draft.write_text(json.dumps(asdict(self)), encoding="utf-8")
        draft.replace(path)

    @property
    def identity(self) -> ProcessIdentity:
        """The process that is meant."""
        return ProcessIdentity(self.pid, self.started)

    @property
    def is_alive(self) -> bool:
        """Whether exactly this process still runs."""
        return bool(self.started) and self.identity.is_alive


def stop_recorded(path: Path, *, grace_seconds: float) -> ProcessRecord | None:
    """Stop the recorded process with its children, and forget it; says which one ran, if it did."""
    record = ProcessRecord.read(path)
    ran = record is not None and record.is_alive
    if record is not None and ran:
        stop(record.identity, grace_seconds=grace_seconds)
    path.unlink(missing_ok=True)
    return record if ran else None


def stop(identity: ProcessIdentity, *, grace_seconds: float) -> None:
    """Ask a process to end; after the grace it and its process group are killed."""
    identity.send(signal.SIGTERM)
    if not wait_until_gone(identity, seconds=grace_seconds):
        if not identity.send_to_group(signal.SIGKILL):
            identity.send(signal.SIGKILL)
        wait_until_gone(identity, seconds=grace_seconds)


def wait_until_gone(identity: ProcessIdentity, *, seconds: float) -> bool:
    """Wait for the end of a process that may not be a child of ours."""
    deadline = time.monotonic() + seconds
    while identity.is_alive:
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True

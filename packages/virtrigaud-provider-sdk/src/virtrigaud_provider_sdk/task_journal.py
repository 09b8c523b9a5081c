"""Tasks on disk: one SQLite file, so that a task's outcome can be asked for after the process was killed.

Only `TaskBook` calls it. A record holds the task's key, its machine and how it ended; messages are redacted,
and what a resumable task needs to go on must hold no secret. One process at a time has the file.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from virtrigaud_api.contract import BY_NAME, MachineId, ProviderError, ProviderFault, TaskRef, TaskState, Unavailable

from virtrigaud_provider_sdk.redaction import REDACTION

PATIENCE: Final = timedelta(seconds=20)
"""How long a process waits for its predecessor to let go of the file."""

_LAYOUT: Final = 1
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS task (
    ref           TEXT PRIMARY KEY,
    key           TEXT NOT NULL,
    machine       TEXT,
    operation     TEXT,
    argument      TEXT,
    ended         REAL,
    error_kind    TEXT,
    error_message TEXT
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Resumable:
    """How a task goes on after a restart.

    Attributes:
        operation: Name under which the provider registers what goes on.
        argument: What that needs to know, as text and without secrets.
    """

    operation: str
    argument: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A task that had not ended when it was written.

    Attributes:
        machine: The machine that is worked on, where one is known.
        resumable: How it goes on after a restart; None where it can't.
    """

    ref: TaskRef
    key: str
    machine: MachineId | None
    resumable: Resumable | None


@dataclass(frozen=True, slots=True)
class Ended:
    """A task that ended, and when, in seconds since the epoch."""

    ref: TaskRef
    state: TaskState
    at: float


class TaskJournal:
    """The tasks of one provider in one file, which its owner alone may read."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it with its directory.

        Raises:
            Unavailable: It can't be opened, or another process has it and does not let go.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600, exist_ok=True)
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE.total_seconds())
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            # Without fsync the log survives the death of the process. Where the host dies too, tasks may be
            # forgotten, which the port allows: who asks looks at the machine instead.
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = OFF")
            self._check_layout()
            self._connection.execute(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            needs = "it needs a writable directory, and one process at a time"
            raise Unavailable(f"cannot open the task journal {path}: {error}; {needs}") from error

    def begin(self, task: Begun) -> None:
        """Write that a task begins."""
        resumable = (task.resumable.operation, task.resumable.argument) if task.resumable else (None, None)
        row = (task.ref, task.key, task.machine, *resumable)
        with _writing():
            self._connection.execute(
                "INSERT INTO task (ref, key, machine, operation, argument) VALUES (?, ?, ?, ?, ?)", row
            )

    def end(self, ended: Ended) -> None:
        """Write how a task ended."""
        error = ended.state.error
        kind, message = (type(error).__name__, REDACTION.text(error.message)) if error else (None, None)
        row = (ended.at, ended.state.machine, kind, message, ended.ref)
        with _writing():
            self._connection.execute(
                "UPDATE task SET ended = ?, machine = ?, error_kind = ?, error_message = ? WHERE ref = ?", row
            )

    def forget(self, ref: TaskRef) -> None:
        """Remove a task."""
        with _writing():
            self._connection.execute("DELETE FROM task WHERE ref = ?", (ref,))

    def begun(self) -> list[Begun]:
        """Return the tasks that have not ended."""
        rows = self._connection.execute("SELECT ref, key, machine, operation, argument FROM task WHERE ended IS NULL")
        return [
            Begun(
                ref=TaskRef(ref),
                key=key,
                machine=MachineId(machine) if machine else None,
                resumable=Resumable(operation, argument) if operation else None,
            )
            for ref, key, machine, operation, argument in rows
        ]

    def ended(self) -> list[Ended]:
        """Return the tasks that ended, the oldest first."""
        rows = self._connection.execute(
            "SELECT ref, machine, ended, error_kind, error_message FROM task WHERE ended IS NOT NULL ORDER BY ended"
        )
        return [
            Ended(TaskRef(ref), _state(machine, _error(kind, message)), at) for ref, machine, at, kind, message in rows
        ]

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _check_layout(self) -> None:
        (layout,) = self._connection.execute("PRAGMA user_version").fetchone()
        if layout not in {0, _LAYOUT}:
            raise sqlite3.DatabaseError("another version of this provider wrote it; remove it")
        self._connection.execute(f"PRAGMA user_version = {_LAYOUT}")


@contextmanager
def _writing() -> Iterator[None]:
    """Turn what SQLite raises into an error of the taxonomy."""
    try:
        yield
    except sqlite3.Error as error:
        raise Unavailable(f"cannot write the task journal: {error}") from error


def _state(machine: str | None, error: ProviderError | None) -> TaskState:
    found = MachineId(machine) if machine else None
    return TaskState(done=True, error=error, percent=None if error else 100, machine=found)


def _error(kind: str | None, message: str) -> ProviderError | None:
    return None if kind is None else BY_NAME.get(kind, ProviderFault)(message)

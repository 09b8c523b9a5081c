"""The file below the store: one SQLite database in WAL mode, written in batches, read once at start.

It is a log of states. The current state of each object and the states in the window of the history are kept.
A committed batch survives the death of the process. Losing power may cost the last batches, but leaves the file
consistent (`synchronous=NORMAL`).
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from virtrigaud_localkube.storage.stored import Change, ChangeType, Key, Stored

_SCHEMA = """
CREATE TABLE IF NOT EXISTS states (
  version INTEGER PRIMARY KEY, collection TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
  is_deleted INTEGER NOT NULL, encoded BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""
_ADD = "INSERT INTO states (version, is_deleted, encoded, collection, namespace, name) VALUES (?, ?, ?, ?, ?, ?)"
_DROP = "DELETE FROM states WHERE version = ?"
_FLOOR = "INSERT OR REPLACE INTO counters (name, value) VALUES ('floor', ?)"
_CHECKPOINT_PAGES = 4000


class Journal:
    """Appends batches of states to the database file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = _connect(path)
        self._connection.executescript(_SCHEMA)
        self._checkpoint: threading.Thread | None = None
        self._pages = 0

    def floor(self) -> int:
        """The resourceVersion behind which every change is in the log."""
        row = self._connection.execute("SELECT value FROM counters WHERE name = 'floor'").fetchone()
        return int(row[0]) if row else 0

    def states(self) -> Iterator[tuple[Stored, bool]]:
        """All states in the order in which they were written, and whether each is the last one of a deleted object."""
        query = "SELECT version, is_deleted, encoded, collection, namespace, name FROM states ORDER BY version"
        for version, is_deleted, encoded, *key in self._connection.execute(query):
            yield Stored.loaded(Key(*key), version, encoded), bool(is_deleted)

    def append(self, changes: Sequence[Change], unreachable: Sequence[int], floor: int) -> None:
        """Commits a batch in one transaction, and drops the states that nobody can ask for any more.

        Raises:
            sqlite3.Error: Nothing of the batch was kept.
        """
        cursor = self._connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        try:
            cursor.executemany(_ADD, map(_row, changes))
            cursor.executemany(_DROP, ((version,) for version in unreachable))
            cursor.execute(_FLOOR, (floor,))
            cursor.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                cursor.execute("ROLLBACK")
            raise
        self._pages += sum(2 + len(change.stored.encoded) // 4096 for change in changes)
        if self._pages > _CHECKPOINT_PAGES:
            self._start_checkpoint()

    def close(self) -> None:
        """Moves the write-ahead log into the file and closes it."""
        if self._checkpoint:
            self._checkpoint.join()
        self._connection.close()

    def _start_checkpoint(self) -> None:
        """Folds the log into the file beside the writer, which must not wait for the disk."""
        if self._checkpoint and self._checkpoint.is_alive():
            return
        self._pages = 0
        self._checkpoint = threading.Thread(target=_fold_log, args=(self._path,), name="checkpoint")
        self._checkpoint.start()


def _row(change: Change) -> tuple[int, bool, bytes, str, str, str]:
    return (change.version, change.type is ChangeType.DELETED, change.stored.encoded, *change.stored.key)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    return connection


def _fold_log(path: Path) -> None:
    connection = _connect(path)
    try:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    finally:
        connection.close()

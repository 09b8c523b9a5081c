"""The file below the store: one SQLite database in WAL mode, written in batches, read once at start.

A committed batch survives the death of the process. Losing power may cost the last batches, but leaves the file
consistent (`synchronous=NORMAL`).
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from virtrigaud_localkube.storage.stored import Change, ChangeType, Key, Stored

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
  collection TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
  version INTEGER NOT NULL, encoded BLOB NOT NULL,
  PRIMARY KEY (collection, namespace, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""
_PUT = "INSERT OR REPLACE INTO objects (version, encoded, collection, namespace, name) VALUES (?, ?, ?, ?, ?)"
_REMOVE = "DELETE FROM objects WHERE collection = ? AND namespace = ? AND name = ?"
_COUNT = "INSERT OR REPLACE INTO counters (name, value) VALUES ('version', ?)"
_CHECKPOINT_PAGES = 4000


class Journal:
    """Appends batches of changes to the database file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = _connect(path)
        self._connection.executescript(_SCHEMA)
        self._checkpoint: threading.Thread | None = None
        self._pages = 0

    def version(self) -> int:
        """The highest resourceVersion that was ever committed."""
        row = self._connection.execute("SELECT value FROM counters WHERE name = 'version'").fetchone()
        return int(row[0]) if row else 0

    def objects(self) -> Iterator[Stored]:
        """All objects, in the order of their keys."""
        query = "SELECT collection, namespace, name, version, encoded FROM objects"
        for collection, namespace, name, version, encoded in self._connection.execute(query):
            yield Stored.loaded(Key(collection, namespace, name), version, encoded)

    def append(self, changes: Sequence[Change]) -> None:
        """Commits a batch in one transaction.

        Raises:
            sqlite3.Error: Nothing of the batch was kept.
        """
        cursor = self._connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        try:
            for change in changes:
                if change.type is ChangeType.DELETED:
                    cursor.execute(_REMOVE, change.stored.key)
                else:
                    cursor.execute(_PUT, (change.version, change.stored.encoded, *change.stored.key))
            cursor.execute(_COUNT, (changes[-1].version,))
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

"""The hypervisor's memory on disk: a SQLite file, so that machines outlive the provider process.

Only `World` calls it. One effect is one transaction; a process that is killed between two effects
leaves a file that the next process opens as it is. The file holds user data of guests, so only its
owner may read it; one process at a time holds it.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from pydantic import ConfigDict, TypeAdapter, ValidationError
from virtrigaud_api.contract import ProviderFault, Unavailable

from virtrigaud_provider_memory.world import Change, Disk, Forget, Image, Keep, Machine, Thing

PATIENCE: Final = timedelta(seconds=20)
"""How long a process waits for its predecessor to let go of the file."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS thing (
    kind TEXT NOT NULL,
    id   TEXT NOT NULL,
    body BLOB NOT NULL,
    made INTEGER PRIMARY KEY AUTOINCREMENT,
    UNIQUE (kind, id)
);
CREATE TABLE IF NOT EXISTS serial (last INTEGER NOT NULL);
INSERT INTO serial SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM serial);
"""

_KEEP: Final = """
INSERT INTO thing (kind, id, body) VALUES (?, ?, ?)
ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body
"""

_BYTES_AS_BASE64: Final = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
_MACHINE: Final = TypeAdapter(tuple[Machine], config=_BYTES_AS_BASE64)
_IMAGE: Final = TypeAdapter(tuple[Image])
_DISK: Final = TypeAdapter(tuple[Disk])


class StateFile:
    """A journal of the world in one SQLite file."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it.

        Raises:
            Unavailable: It can't be opened, or another process holds it and does not let go.
        """
        try:
            path.touch(mode=0o600, exist_ok=True)
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE.total_seconds())
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            # The write-ahead log without fsync survives the death of the process, which is what is
            # simulated here; it need not survive the death of the host.
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = OFF")
            self._connection.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise Unavailable(f"cannot open state file {path}: {error}") from error

    def replay(self) -> Iterator[Thing]:
        """Return everything that was kept and not forgotten, in the order of its making.

        Raises:
            ProviderFault: Another version wrote it.
        """
        for kind, body in self._connection.execute("SELECT kind, body FROM thing ORDER BY made").fetchall():
            try:
                yield _parse(kind, body)
            except ValidationError as error:
                raise ProviderFault("the state file was written by another version; remove it") from error

    def last_serial(self) -> int:
        """Return the highest machine serial that was ever used."""
        (last,) = self._connection.execute("SELECT last FROM serial").fetchone()
        return int(last)

    def record(self, changes: Iterable[Change]) -> None:
        """Make the changes durable, all of them or none."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for change in changes:
                self._write(change)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _write(self, change: Change) -> None:
        kind, name = _key(change.thing)
        match change:
            case Keep(thing):
                self._connection.execute(_KEEP, (kind, name, _text(thing)))
                if isinstance(thing, Machine):
                    self._connection.execute("UPDATE serial SET last = max(last, ?)", (thing.serial,))
            case Forget():
                self._connection.execute("DELETE FROM thing WHERE kind = ? AND id = ?", (kind, name))


def _key(thing: Thing) -> tuple[str, str]:
    match thing:
        case Machine():
            return "machine", thing.id
        case Image():
            return "image", thing.id
        case Disk():
            return "disk", thing.name


def _text(thing: Thing) -> bytes:
    match thing:
        case Machine():
            return _MACHINE.dump_json((thing,))
        case Image():
            return _IMAGE.dump_json((thing,))
        case Disk():
            return _DISK.dump_json((thing,))


def _parse(kind: str, text: bytes) -> Thing:
    match kind:
        case "machine":
            return _MACHINE.validate_json(text)[0]
        case "image":
            return _IMAGE.validate_json(text)[0]
        case _:
            return _DISK.validate_json(text)[0]

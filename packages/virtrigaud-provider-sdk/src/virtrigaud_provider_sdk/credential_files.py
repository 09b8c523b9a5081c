"""The credentials Secret of a Provider, mounted as one file a key.

A provider's session reads them at each (re)connect and compares `stamp()` to notice a rotation. What is
read here is known to the redaction from then on.
"""

from pathlib import Path

from virtrigaud_api.contract import Refused

from virtrigaud_provider_sdk.redaction import REDACTION

Stamp = tuple[tuple[str, int, int], ...]
"""Names, inodes and modification times of the files; differs after a rotation."""


class CredentialFiles:
    """The files of a mounted Secret. Nothing is cached: each read sees the newest content."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def read(self, key: str, *, secret: bool = True) -> str | None:
        """Return the content of a key without its last newline; None where the Secret does not have it.

        Args:
            key: Name of the Secret's key.
            secret: Whether the value must never be shown; pass False for user names and host keys.

        Raises:
            Refused: The file is there and can't be read.
        """
        path = self._directory / key
        try:
            content = path.read_text(encoding="utf-8").rstrip("\r\n")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise Refused(f"cannot read the credential {key} at {path}: {type(error).__name__}") from error
        if secret:
            REDACTION.conceal(content)
        return content

    def require(self, key: str, *, secret: bool = True) -> str:
        """Return the content of a key that must be there.

        Raises:
            Refused: The Secret does not have it, or it is empty.
        """
        content = self.read(key, secret=secret)
        if not content:
            raise Refused(f"the credentials Secret has no key {key} (looked in {self._directory})")
        return content

    def stamp(self) -> Stamp:
        """Return a value that changes when the Secret's content was changed."""
        try:
            paths = sorted(path for path in self._directory.iterdir() if not path.name.startswith(".."))
            facts = [(path.name, path.stat()) for path in paths]
        except OSError:
            return ()
        return tuple((name, stat.st_ino, stat.st_mtime_ns) for name, stat in facts)

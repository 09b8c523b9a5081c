"""SHA-256 of what is staged: made while the bytes pass, and kept beside them as a seal.

The seal is a file `<name>.sha256` in the form of coreutils, so that `sha256sum --check` proves a staged disk by hand.
Its first line tells that VirtRigaud has written it, and the size: what has no such seal is never replaced or removed.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Final, Self

from virtrigaud_provider_sdk.draft_file import in_thread
from virtrigaud_provider_sdk.staging.place import Staged

SEAL_SUFFIX: Final = ".sha256"
SEAL_LIMIT_BYTES: Final = 4096
"""No seal is longer; what is longer is not read."""

_FORM: Final = re.compile(r"# staged by VirtRigaud, (?P<size>\d{1,19}) bytes\n(?P<sha256>[0-9a-f]{64})  (?P<name>.+)\n")


class RunningDigest:
    """Size and SHA-256 of the bytes that have passed."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self.size_bytes = 0

    def update(self, chunk: bytes | bytearray) -> None:
        """Count a piece; large pieces are better given to `pass_by`."""
        self._sha256.update(chunk)
        self.size_bytes += len(chunk)

    async def pass_by(self, chunk: bytes | bytearray) -> None:
        """Count a piece without holding up the event loop."""
        await in_thread(self.update, chunk)

    @property
    def staged(self) -> Staged:
        """Return what has passed."""
        return Staged(size_bytes=self.size_bytes, sha256=self._sha256.hexdigest())


@dataclass(frozen=True, slots=True)
class Seal:
    """What was staged under a name."""

    name: str
    size_bytes: int
    sha256: str

    @classmethod
    def of(cls, name: str, staged: Staged) -> Self:
        """Return the seal of what was staged."""
        return cls(name, staged.size_bytes, staged.sha256 or "")

    @classmethod
    def read(cls, content: bytes) -> Self | None:
        """Read a seal; None for anything that is none of ours."""
        match = _FORM.fullmatch(content.decode(errors="replace"))
        return cls(match["name"], int(match["size"]), match["sha256"]) if match is not None else None

    def render(self) -> bytes:
        """Return the content of the seal's file."""
        return f"# staged by VirtRigaud, {self.size_bytes} bytes\n{self.sha256}  {self.name}\n".encode()


def staged_under(seal: Seal | None, name: str, size_bytes: int) -> Staged:
    """Tell what an object of this size is; a seal of something else counts for nothing."""
    is_sealed = seal is not None and (seal.name, seal.size_bytes) == (name, size_bytes)
    return Staged(size_bytes=size_bytes, sha256=seal.sha256 if seal is not None and is_sealed else None)

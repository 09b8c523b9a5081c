"""What every staging place can do. A place is one object: the bytes of one disk of one migration."""

from collections.abc import AsyncGenerator, AsyncIterable, Callable
from dataclasses import dataclass
from typing import Protocol

Progress = Callable[[int], None]
"""Is told how many bytes have been moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """What rests in a staging place.

    Attributes:
        sha256: Lower-case hexadecimal; None for what somebody else has put there.
    """

    size_bytes: int
    sha256: str | None = None

    @property
    def is_ours(self) -> bool:
        """Whether VirtRigaud has put it there, and it is still what was put there."""
        return self.sha256 is not None


class Staging(Protocol):
    """One object in a staging place.

    Duties: memory is bounded whatever the size; every error is one of the taxonomy; a call that is cancelled leaves
    nothing behind that was not there before.
    """

    async def stat(self) -> Staged | None:
        """Tell what is there; None is nothing."""
        ...

    def read(self, offset: int = 0) -> AsyncGenerator[bytes]:
        """Yield the bytes from an offset on. A connection that breaks is resumed.

        Raises:
            NotFound: Nothing is there.
            WrongState: It was replaced while it was read.
        """
        ...

    async def write(
        self, chunks: AsyncIterable[bytes], *, expected_bytes: int | None = None, progress: Progress | None = None
    ) -> Staged:
        """Put the bytes there. They appear when all of them are there; what we put there before is replaced.

        `expected_bytes` is a hint. Without it an S3 object can have 160 GiB.

        Raises:
            Conflict: Something that is not ours is there; it is left as it is.
            NoCapacity: There is no room.
        """
        ...

    async def delete(self) -> None:
        """Remove what we put there, whole or half; nothing there is success.

        Raises:
            Conflict: Something that is not ours is there; it is left as it is.
        """
        ...

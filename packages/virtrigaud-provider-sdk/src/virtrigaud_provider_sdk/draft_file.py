"""Files that appear under their name only when they are whole and on the disk.

Whatever writes a disk image, a download or a staged object writes a draft beside the target first. A failure or
a cancellation removes the draft; a process that was killed leaves one that `remove_leftovers` finds by its name.
"""

import errno
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, ParamSpec, TypeVar

from virtrigaud_api.contract import Conflict, NoCapacity, NotFound, ProviderError, ProviderFault, Refused, Unavailable

from virtrigaud_provider_sdk.blocking import BlockingPool

P = ParamSpec("P")
R = TypeVar("R")

CHUNK_BYTES: Final = 1 << 20
"""How much is read or written at a time."""

_FILE_THREADS: Final = BlockingPool(8, name="files")
_NO_HARD_LINKS: Final = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
_ONLY_THE_OWNER_READS: Final = 0o600

_KINDS: Final[dict[int, type[ProviderError]]] = {
    errno.ENOENT: NotFound,
    errno.ENOTDIR: NotFound,
    errno.EEXIST: Conflict,
    errno.ENOSPC: NoCapacity,
    errno.EDQUOT: NoCapacity,
    errno.EFBIG: NoCapacity,
    errno.EACCES: Refused,
    errno.EPERM: Refused,
    errno.EROFS: Refused,
    errno.ESTALE: Unavailable,
    errno.EIO: Unavailable,
    errno.ETIMEDOUT: Unavailable,
}


async def in_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run what waits for a disk without holding up the event loop."""
    return await _FILE_THREADS.run(function, *args, **kwargs)


def file_error(doing: str, error: OSError) -> ProviderError:
    """Return the error of the taxonomy for what a file system said."""
    kind = _KINDS.get(error.errno or 0, ProviderFault)
    return kind(f"cannot {doing}: {error.strerror or type(error).__name__}")


@asynccontextmanager
async def draft_of(target: Path, *, replaces: bool = False) -> AsyncIterator[Path]:
    """Yield the path of a draft, and publish under `target` what the block has written there.

    Nothing is published when the block raises or is cancelled. A file that has the name already is replaced only
    where the caller says so.

    Raises:
        Conflict: The name is taken.
        ProviderError: What the file system said when the file was published.
    """
    draft = target.with_name(f"{_prefix(target)}{secrets.token_hex(8)}.part")
    try:
        yield draft
        try:
            await in_thread(_settle, draft)
            # Not in a thread: a cancellation must not meet a half published file.
            _publish(draft, target, replaces=replaces)
        except OSError as error:
            raise file_error(f"write {target.name}", error) from error
    finally:
        await in_thread(_remove, draft)


def remove_leftovers(target: Path) -> None:
    """Remove the drafts of a target that were left over by processes that are gone."""
    for name in os.listdir(target.parent):  # noqa: PTH208 - a glob would read the name's own brackets
        if name.startswith(_prefix(target)) and name.endswith(".part"):
            _remove(target.with_name(name))


def create_private(path: Path) -> BinaryIO:
    """Open a file that must not exist yet for writing, readable by its owner only."""
    return open(path, "xb", opener=lambda name, flags: os.open(name, flags, _ONLY_THE_OWNER_READS))


async def sha256_of(path: Path, progress: Callable[[int], None] | None = None) -> str:
    """Return the SHA-256 of a file in lower-case hexadecimal, reading it in pieces.

    `progress` is told how many bytes have been read.

    Raises:
        ProviderError: What the file system said.
    """
    digest = hashlib.sha256()
    done = 0
    try:
        file = await in_thread(path.open, "rb")
        try:
            while chunk := await in_thread(file.read, CHUNK_BYTES):
                await in_thread(digest.update, chunk)
                done += len(chunk)
                if progress is not None:
                    progress(done)
        finally:
            await in_thread(file.close)
    except OSError as error:
        raise file_error(f"read {path.name}", error) from error
    return digest.hexdigest()


def _prefix(target: Path) -> str:
    return f".{target.name}."


def _settle(draft: Path) -> None:
    """Have the content on the disk before the name points to it."""
    descriptor = os.open(draft, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _publish(draft: Path, target: Path, *, replaces: bool) -> None:
    if replaces:
        draft.replace(target)
        return
    try:
        target.hardlink_to(draft)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        draft.rename(target)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)

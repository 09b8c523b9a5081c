"""A staging place in a directory: what PVCs and NFS exports are once they are mounted.

Others can write there too, so no link is ever followed: the folders are opened one by one below the root, and all
work is done relative to the last of them.
"""

import errno
import os
import stat as file_mode
from collections.abc import AsyncGenerator, AsyncIterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

from virtrigaud_api.contract import Conflict, InvalidSpec, NotFound, ProviderError

from virtrigaud_provider_sdk.draft_file import (
    CHUNK_BYTES,
    create_private,
    draft_of,
    file_error,
    in_thread,
    remove_leftovers,
)
from virtrigaud_provider_sdk.staging.checksum import SEAL_LIMIT_BYTES, SEAL_SUFFIX, RunningDigest, Seal, staged_under
from virtrigaud_provider_sdk.staging.place import Progress, Staged

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER_MODE: Final = 0o750


@dataclass(frozen=True, slots=True)
class FileOwner:
    """Whom a staged file is given to, by number."""

    uid: int
    gid: int


class DirectoryStaging:
    """One file below a root."""

    def __init__(
        self, root: Path, below: PurePosixPath, *, owner: FileOwner | None = None, makes_folders: bool = True
    ) -> None:
        """Name the file.

        Args:
            root: The mount point, which is trusted.
            below: The file's path below it.
            owner: Whom the file is given to; None leaves it to the process's user.
            makes_folders: Make the folders on the way, and remove them again when they are empty.

        Raises:
            InvalidSpec: The path is absolute, empty, or climbs.
        """
        if not below.parts or below.is_absolute() or ".." in below.parts or not str(below).isprintable():
            raise InvalidSpec(f"the staging path {str(below)!a} is not one below its root")
        self._root = root
        self._below = below
        self._owner = owner
        self._makes_folders = makes_folders

    async def stat(self) -> Staged | None:
        """Tell what is there; None is nothing."""
        return await in_thread(self._stat)

    async def read(self, offset: int = 0) -> AsyncGenerator[bytes]:
        """Yield the bytes from an offset on."""
        file = await in_thread(self._open_for_reading, offset)
        try:
            while chunk := await in_thread(file.read, CHUNK_BYTES):
                yield chunk
        except OSError as error:
            raise file_error(f"read {self._below}", error) from error
        finally:
            await in_thread(file.close)

    async def write(
        self, chunks: AsyncIterable[bytes], *, expected_bytes: int | None = None, progress: Progress | None = None
    ) -> Staged:
        """Put the bytes there, whole or not at all."""
        del expected_bytes
        try:
            return await self._write(chunks, progress)
        except BaseException:
            with suppress(ProviderError):
                await in_thread(self._clear_up)
            raise

    async def _write(self, chunks: AsyncIterable[bytes], progress: Progress | None) -> Staged:
        doing = f"stage {self._below}"
        with self._folder(doing, makes=self._makes_folders) as folder:
            target = folder / self._below.name
            await in_thread(self._refuse_what_is_not_ours, folder, doing)
            await in_thread(remove_leftovers, target)
            async with draft_of(target, replaces=True) as draft:
                try:
                    staged = await self._fill(draft, chunks, progress)
                    # The seal must never stand beside bytes that it is not of.
                    await in_thread(target.unlink, missing_ok=True)
                    await self._seal(folder, staged)
                except OSError as error:
                    raise file_error(doing, error) from error
        return staged

    async def delete(self) -> None:
        """Remove what we put there, whole or half."""
        await in_thread(self._delete)

    async def _fill(self, draft: Path, chunks: AsyncIterable[bytes], progress: Progress | None) -> Staged:
        digest = RunningDigest()
        file = await in_thread(self._create, draft)
        try:
            async for chunk in chunks:
                await in_thread(file.write, chunk)
                await digest.pass_by(chunk)
                if progress is not None:
                    progress(digest.size_bytes)
            await in_thread(file.flush)
        finally:
            await in_thread(file.close)
        return digest.staged

    async def _seal(self, folder: Path, staged: Staged) -> None:
        seal = folder / f"{self._below.name}{SEAL_SUFFIX}"
        async with draft_of(seal, replaces=True) as draft:
            file = await in_thread(self._create, draft)
            try:
                await in_thread(file.write, Seal.of(self._below.name, staged).render())
            finally:
                await in_thread(file.close)

    def _create(self, path: Path) -> BinaryIO:
        file = create_private(path)
        if self._owner is not None:
            try:
                os.fchown(file.fileno(), self._owner.uid, self._owner.gid)
            except OSError:
                file.close()
                raise
        return file

    def _stat(self) -> Staged | None:
        doing = f"look at {self._below}"
        try:
            with self._folder(doing) as folder:
                return self._staged_in(folder)
        except NotFound:
            return None
        except OSError as error:
            raise file_error(doing, error) from error

    def _staged_in(self, folder: Path) -> Staged | None:
        try:
            found = (folder / self._below.name).lstat()
        except FileNotFoundError:
            return None
        if not file_mode.S_ISREG(found.st_mode):
            return Staged(size_bytes=0)
        return staged_under(self._read_seal(folder), self._below.name, found.st_size)

    def _read_seal(self, folder: Path) -> Seal | None:
        with suppress(OSError), _open_file(folder / f"{self._below.name}{SEAL_SUFFIX}") as file:
            return Seal.read(file.read(SEAL_LIMIT_BYTES))
        return None

    def _open_for_reading(self, offset: int) -> BinaryIO:
        doing = f"read {self._below}"
        with self._folder(doing) as folder:
            try:
                file = _open_file(folder / self._below.name)
                file.seek(offset)
            except OSError as error:
                raise file_error(doing, error) from error
            return file

    def _delete(self) -> None:
        doing = f"remove {self._below}"
        try:
            with self._folder(doing) as folder:
                self._refuse_what_is_not_ours(folder, doing)
                target = folder / self._below.name
                target.unlink(missing_ok=True)
                if self._read_seal(folder) is not None:
                    target.with_name(f"{target.name}{SEAL_SUFFIX}").unlink()
                remove_leftovers(target)
                remove_leftovers(target.with_name(f"{target.name}{SEAL_SUFFIX}"))
        except NotFound:
            return
        except OSError as error:
            raise file_error(doing, error) from error
        if self._makes_folders:
            self._remove_empty_folders()

    def _clear_up(self) -> None:
        """Leave neither a seal without its file nor a folder without files behind a failure."""
        with suppress(NotFound), self._folder("clear up") as folder:
            if self._staged_in(folder) is None and self._read_seal(folder) is not None:
                (folder / f"{self._below.name}{SEAL_SUFFIX}").unlink()
        if self._makes_folders:
            self._remove_empty_folders()

    def _remove_empty_folders(self) -> None:
        for parent in self._below.parents:
            if not parent.parts:
                return
            try:
                with _opened(self._root, parent.parent) as folder:
                    (folder / parent.name).rmdir()
            except OSError:
                return

    def _refuse_what_is_not_ours(self, folder: Path, doing: str) -> None:
        found = self._staged_in(folder)
        if found is not None and not found.is_ours:
            raise Conflict(f"cannot {doing}: a file is there that VirtRigaud has not put there")

    @contextmanager
    def _folder(self, doing: str, *, makes: bool = False) -> Iterator[Path]:
        """Yield a path of the file's folder that leads nowhere else, whatever others rename meanwhile.

        Raises:
            NotFound: A folder on the way is not there.
            InvalidSpec: A link or a file is in a folder's place.
        """
        with ExitStack() as stack:
            try:
                folder = stack.enter_context(_opened(self._root, self._below.parent, makes=makes))
            except OSError as error:
                if error.errno in (errno.ELOOP, errno.ENOTDIR):
                    raise InvalidSpec(f"cannot {doing}: a link or a file is in a folder's place") from error
                raise file_error(doing, error) from error
            yield folder


@contextmanager
def _opened(root: Path, below: PurePosixPath, *, makes: bool = False) -> Iterator[Path]:
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in below.parts:
            if makes:
                with suppress(FileExistsError):
                    os.mkdir(name, _FOLDER_MODE, dir_fd=descriptor)
            following = os.open(name, _FOLDER, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = following
        yield Path(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)


def _open_file(path: Path) -> BinaryIO:
    """Open a regular file for reading, and neither a link nor a pipe."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not file_mode.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no regular file")
    return os.fdopen(descriptor, "rb")

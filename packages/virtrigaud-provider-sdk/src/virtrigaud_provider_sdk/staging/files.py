"""Files to and from a staging place: what a provider's disk export and import do with a scratch file."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

from virtrigaud_api.contract import InvalidSpec, NotFound

from virtrigaud_provider_sdk.draft_file import CHUNK_BYTES, create_private, draft_of, file_error, in_thread
from virtrigaud_provider_sdk.staging.checksum import RunningDigest
from virtrigaud_provider_sdk.staging.place import Progress, Staged, Staging


async def stage_file(staging: Staging, path: Path, progress: Progress | None = None) -> Staged:
    """Put the content of a file into a staging place. A call that fails or is cancelled leaves nothing behind.

    Raises:
        ProviderError: The file cannot be read, or what the place said.
    """
    try:
        size = (await in_thread(path.stat)).st_size
    except OSError as error:
        raise file_error(f"read {path.name}", error) from error
    async with aclosing(_chunks_of(path)) as chunks:
        return await staging.write(chunks, expected_bytes=size, progress=progress)


async def fetch_staged(
    staging: Staging, target: Path, *, sha256: str | None = None, progress: Progress | None = None
) -> Staged:
    """Write what is staged into a file, which appears when it is whole and right.

    It is compared with the checksum that is given, and with the one that was staged with it. A call that fails or
    is cancelled leaves nothing behind.

    Raises:
        NotFound: Nothing is staged there.
        InvalidSpec: The bytes are not the ones that were staged.
        Conflict: A file of that name is there.
        NoCapacity: There is no room for it.
    """
    wanted = await staging.stat()
    if wanted is None:
        raise NotFound(f"cannot fetch {target.name}: nothing is staged there")
    digest = RunningDigest()
    async with draft_of(target) as draft:
        try:
            file = await in_thread(create_private, draft)
            try:
                async with aclosing(staging.read()) as chunks:
                    async for chunk in chunks:
                        await in_thread(file.write, chunk)
                        await digest.pass_by(chunk)
                        if progress is not None:
                            progress(digest.size_bytes)
                await in_thread(file.flush)
            finally:
                await in_thread(file.close)
        except OSError as error:
            raise file_error(f"fetch {target.name}", error) from error
        for expected in (sha256, wanted.sha256):
            _require(digest.staged, expected, target.name)
    return digest.staged


async def _chunks_of(path: Path) -> AsyncGenerator[bytes]:
    try:
        file = await in_thread(path.open, "rb")
        try:
            while chunk := await in_thread(file.read, CHUNK_BYTES):
                yield chunk
        finally:
            await in_thread(file.close)
    except OSError as error:
        raise file_error(f"read {path.name}", error) from error


def _require(found: Staged, expected: str | None, name: str) -> None:
    if expected and found.sha256 != expected.lower():
        raise InvalidSpec(f"cannot fetch {name}: the staged bytes have the SHA-256 {found.sha256}, not {expected}")

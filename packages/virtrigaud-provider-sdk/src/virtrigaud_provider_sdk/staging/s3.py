"""A staging place in an S3 bucket: several parts that appear as one object, and ranged reads.

Needs the extra `s3`. The endpoint is a tenant's word, so every connection passes the address policy.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Coroutine, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

from virtrigaud_api.address_policy import AddressPolicy
from virtrigaud_api.contract import Conflict, NoCapacity, NotFound, ProviderError, StagingPlace

from virtrigaud_provider_sdk.guarded_http import (
    DEFAULT_PATIENCE,
    DEFAULT_SURROUNDINGS,
    Patience,
    Surroundings,
    open_session,
)
from virtrigaud_provider_sdk.retries import Retries
from virtrigaud_provider_sdk.staging.checksum import SEAL_LIMIT_BYTES, SEAL_SUFFIX, RunningDigest, Seal, staged_under
from virtrigaud_provider_sdk.staging.place import Progress, Staged
from virtrigaud_provider_sdk.staging.s3_address import bucket_address
from virtrigaud_provider_sdk.staging.s3_bucket import S3Bucket

MIB: Final = 1 << 20
_MOST_PARTS: Final = 10_000
_CLEARING_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class PartSizes:
    """How large the parts of an upload are; at most one of them is held in memory.

    Attributes:
        usual: At least 5 MiB, which S3 wants of every part but the last.
    """

    usual: int = 16 * MIB

    def for_object(self, expected_bytes: int | None) -> int:
        """Return the size of the parts of an object: all are equal, as some servers want it."""
        needed = -(-(expected_bytes or 0) // (_MOST_PARTS - 1))
        return max(self.usual, -(-needed // MIB) * MIB)


_USUAL_PARTS: Final = PartSizes()


class S3Staging:
    """One object in a bucket."""

    def __init__(self, bucket: S3Bucket, name: str, parts: PartSizes = _USUAL_PARTS) -> None:
        self._bucket = bucket
        self._name = name
        self._seal_name = f"{name}{SEAL_SUFFIX}"
        self._parts = parts

    async def stat(self) -> Staged | None:
        """Tell what is there; None is nothing."""
        head = await self._bucket.head(self._name)
        if head is None:
            return None
        return staged_under(await self._read_seal(), self._base_name, head.size_bytes)

    async def read(self, offset: int = 0) -> AsyncGenerator[bytes]:
        """Yield the bytes from an offset on; a connection that breaks is resumed."""
        head = await self._bucket.head(self._name)
        if head is None:
            raise NotFound(f"cannot read {self._name}: it is not in the bucket")
        if offset < head.size_bytes:
            async with aclosing(self._bucket.get(self._name, offset, head.version)) as chunks:
                async for chunk in chunks:
                    yield chunk

    async def write(
        self, chunks: AsyncIterable[bytes], *, expected_bytes: int | None = None, progress: Progress | None = None
    ) -> Staged:
        """Put the bytes there, whole or not at all."""
        await self._refuse_what_is_not_ours("stage")
        await self._abort_uploads()
        digest = RunningDigest()
        part_bytes = self._parts.for_object(expected_bytes)
        parts = _parts_of(chunks, part_bytes, digest)
        first = await anext(parts, b"")
        if len(first) < part_bytes:
            await self._appear(digest, self._bucket.put(self._name, first))
        else:
            await self._upload(first, parts, digest, progress)
        if progress is not None:
            progress(digest.size_bytes)
        return digest.staged

    async def delete(self) -> None:
        """Remove what we put there, whole or half."""
        await self._refuse_what_is_not_ours("remove")
        await self._abort_uploads()
        await self._bucket.delete(self._name)
        if await self._read_seal() is not None:
            await self._bucket.delete(self._seal_name)

    @property
    def _base_name(self) -> str:
        return self._name.rpartition("/")[2]

    async def _upload(
        self, first: bytes, others: AsyncIterator[bytes], digest: RunningDigest, progress: Progress | None
    ) -> None:
        upload = await self._bucket.start_upload(self._name)
        try:
            tags = [await self._bucket.put_part(self._name, upload, 1, first)]
            done = len(first)
            del first
            async for part in others:
                self._require_room(len(tags))
                if progress is not None:
                    progress(done)
                tags.append(await self._bucket.put_part(self._name, upload, len(tags) + 1, part))
                done += len(part)
            await self._appear(digest, self._complete(upload, tags, digest.size_bytes), upload)
        except BaseException:
            await self._quietly(self._bucket.abort_upload(self._name, upload))
            raise

    def _require_room(self, parts: int) -> None:
        if parts >= _MOST_PARTS:
            raise NoCapacity(f"cannot stage {self._name}: it is too large for {_MOST_PARTS} parts")

    async def _appear(
        self, digest: RunningDigest, appearing: Coroutine[None, None, None], upload: str | None = None
    ) -> None:
        """Write the seal first: it must never stand beside bytes that it is not of."""
        try:
            if await self._bucket.head(self._name) is not None:
                await self._bucket.delete(self._name)
            await self._bucket.put(self._seal_name, Seal.of(self._base_name, digest.staged).render())
            await appearing
        except BaseException:
            appearing.close()
            await self._quietly(self._disappear(upload))
            raise

    async def _disappear(self, upload: str | None) -> None:
        """Take back what may have appeared although nobody answered; the seal goes last, it says whose it is."""
        if upload is not None:
            await self._bucket.abort_upload(self._name, upload)
        await self._bucket.delete(self._name)
        await self._bucket.delete(self._seal_name)

    async def _complete(self, upload: str, tags: Sequence[str], size_bytes: int) -> None:
        """Complete the upload; when the answer to the first request was lost, the object is there already."""
        try:
            await self._bucket.complete_upload(self._name, upload, tags)
        except NotFound:
            head = await self._bucket.head(self._name)
            if head is None or head.size_bytes != size_bytes:
                raise

    async def _quietly(self, clearing: Coroutine[None, None, None]) -> None:
        """Clear up behind an error, which is what the caller hears of (L21); `delete` clears up what this can't."""
        with suppress(ProviderError, TimeoutError):
            async with asyncio.timeout(_CLEARING_SECONDS):
                await clearing

    async def _abort_uploads(self) -> None:
        for upload in await self._bucket.uploads_of(self._name):
            await self._bucket.abort_upload(self._name, upload)

    async def _read_seal(self) -> Seal | None:
        content = bytearray()
        try:
            async for chunk in self._bucket.get(self._seal_name):
                content += chunk
                if len(content) > SEAL_LIMIT_BYTES:
                    return None
        except NotFound:
            return None
        return Seal.read(bytes(content))

    async def _refuse_what_is_not_ours(self, verb: str) -> None:
        found = await self.stat()
        if found is not None and not found.is_ours:
            raise Conflict(f"cannot {verb} {self._name}: an object is there that VirtRigaud has not put there")


@asynccontextmanager
async def open_s3_staging(
    place: StagingPlace,
    policy: AddressPolicy,
    retries: Retries,
    *,
    patience: Patience = DEFAULT_PATIENCE,
    surroundings: Surroundings = DEFAULT_SURROUNDINGS,
    parts: PartSizes = _USUAL_PARTS,
) -> AsyncIterator[S3Staging]:
    """Open the object that a place names.

    Raises:
        InvalidSpec: The address or an option cannot be right.
        Refused: The credentials are not complete.
    """
    address, name = bucket_address(place)
    async with open_session(policy, patience, surroundings) as session:
        yield S3Staging(S3Bucket(address, session, retries), name, parts)


async def _parts_of(chunks: AsyncIterable[bytes], part_bytes: int, digest: RunningDigest) -> AsyncIterator[bytes]:
    """Yield parts of one size, the last one shorter, and count the bytes on the way."""
    part = bytearray()
    async for chunk in chunks:
        await digest.pass_by(chunk)
        rest = memoryview(chunk)
        while len(part) + len(rest) >= part_bytes:
            taken = part_bytes - len(part)
            part += rest[:taken]
            rest = rest[taken:]
            yield bytes(part)
            part.clear()
        part += rest
    if part:
        yield bytes(part)

"""The operations of S3 that staging needs, each tried again while the server only stumbles.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html. Every body is signed with its digest,
so that the server itself refuses what was damaged on the way.
"""

import hashlib
import io
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from html import unescape
from http import HTTPStatus
from typing import Final

import aiohttp
from virtrigaud_api.contract import NoCapacity, NotFound, ProviderError, Refused, Unavailable, WrongState
from yarl import URL

from virtrigaud_provider_sdk.draft_file import CHUNK_BYTES, in_thread
from virtrigaud_provider_sdk.guarded_http import status_error, transport_error
from virtrigaud_provider_sdk.retries import Retries
from virtrigaud_provider_sdk.staging.s3_address import BucketAddress
from virtrigaud_provider_sdk.staging.s3_signature import EMPTY_SHA256, S3Request, signed_headers

_ANSWER_LIMIT_BYTES: Final = 4 << 20
_CODE_KINDS: Final[Mapping[str, type[ProviderError]]] = {
    "RequestTimeout": Unavailable,
    "InternalError": Unavailable,
    "ServiceUnavailable": Unavailable,
    "SlowDown": Unavailable,
    "OperationAborted": Unavailable,
    "XAmzContentSHA256Mismatch": Unavailable,
    "BadDigest": Unavailable,
    "NoSuchKey": NotFound,
    "NoSuchBucket": NotFound,
    "NoSuchUpload": NotFound,
    "QuotaExceeded": NoCapacity,
    "XMinioStorageFull": NoCapacity,
    "ExpiredToken": Refused,
    "InvalidAccessKeyId": Refused,
    "SignatureDoesNotMatch": Refused,
    "RequestTimeTooSkewed": Refused,
    "PreconditionFailed": WrongState,
}


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """What the head of an object tells."""

    size_bytes: int
    version: str


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class S3Bucket:
    """One bucket, over a session that its owner closes."""

    def __init__(self, address: BucketAddress, session: aiohttp.ClientSession, retries: Retries) -> None:
        self._address = address
        self._session = session
        self._retries = retries

    async def head(self, name: str) -> ObjectFacts | None:
        """Tell the size and the version of an object; None is none."""
        try:
            answer = await self._ask("HEAD", name, doing=f"look at {name}")
        except NotFound:
            return None
        return ObjectFacts(int(answer.headers["Content-Length"]), answer.headers.get("ETag", ""))

    async def get(self, name: str, offset: int = 0, version: str = "") -> AsyncGenerator[bytes]:
        """Yield the bytes of an object from an offset on, and go on where a connection breaks.

        Raises:
            WrongState: The object is not (any more) of that version.
        """
        failures = 0
        while True:
            before = offset
            try:
                async with aclosing(self._get_once(name, offset, version)) as chunks:
                    async for chunk in chunks:
                        offset += len(chunk)
                        yield chunk
            except Unavailable:
                failures = 1 if offset > before else failures + 1
                if not self._retries.allow(failures):
                    raise
                await self._retries.wait(failures)
            else:
                return

    async def put(self, name: str, body: bytes) -> None:
        """Write a small object at once."""
        await self._ask("PUT", name, body=body, doing=f"write {name}")

    async def delete(self, name: str) -> None:
        """Remove an object; none is success."""
        await self._ask("DELETE", name, doing=f"remove {name}")

    async def start_upload(self, name: str) -> str:
        """Begin an object of several parts and return the upload's id."""
        answer = await self._ask("POST", name, {"uploads": ""}, doing=f"write {name}")
        return _only(_texts(answer.body, "UploadId"), f"write {name}")

    async def put_part(self, name: str, upload: str, number: int, body: bytes) -> str:
        """Write a part, counted from 1, and return its tag."""
        query = {"partNumber": str(number), "uploadId": upload}
        answer = await self._ask("PUT", name, query, body=body, doing=f"write part {number} of {name}")
        return answer.headers.get("ETag", "")

    async def complete_upload(self, name: str, upload: str, tags: Sequence[str]) -> None:
        """Make the object appear from its parts."""
        parts = (
            f"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>"
            for number, tag in enumerate(tags, start=1)
        )
        body = f"<CompleteMultipartUpload>{''.join(parts)}</CompleteMultipartUpload>".encode()
        await self._ask("POST", name, {"uploadId": upload}, body=body, doing=f"complete {name}")

    async def abort_upload(self, name: str, upload: str) -> None:
        """Drop the parts of an upload; one that is not known any more is success."""
        try:
            await self._ask("DELETE", name, {"uploadId": upload}, doing=f"abort the upload of {name}")
        except NotFound:
            return

    async def uploads_of(self, name: str) -> Sequence[str]:
        """Return the ids of the uploads of exactly this object that were neither completed nor aborted."""
        answer = await self._ask("GET", "", {"uploads": "", "prefix": name}, doing=f"look for uploads of {name}")
        found = zip(_texts(answer.body, "Key"), _texts(answer.body, "UploadId"), strict=False)
        return [upload for key, upload in found if key == name]

    async def _ask(
        self, method: str, name: str, query: Mapping[str, str] | None = None, *, body: bytes = b"", doing: str
    ) -> _Answer:
        """Ask until there is an answer; all that is asked here may be asked twice."""
        digest = (await in_thread(hashlib.sha256, body)).hexdigest() if body else EMPTY_SHA256
        request = S3Request(
            method=method,
            host=self._address.host,
            path=self._address.path_of(name),
            query=query or {},
            body_sha256=digest,
        )
        failures = 0
        while True:
            try:
                return await self._ask_once(request, body, doing)
            except Unavailable:
                failures += 1
                if not self._retries.allow(failures):
                    raise
                await self._retries.wait(failures)

    async def _ask_once(self, request: S3Request, body: bytes, doing: str) -> _Answer:
        try:
            async with self._send(request, body) as response:
                said = await response.content.read(_ANSWER_LIMIT_BYTES)
                while not response.content.at_eof():
                    said += await response.content.read(_ANSWER_LIMIT_BYTES - len(said))
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            raise transport_error(doing, error) from error
        answer = _Answer(response.status, response.headers, said)
        # Completing an upload may answer 200 and tell of an error in its body.
        if answer.status >= HTTPStatus.MULTIPLE_CHOICES or b"<Error>" in said[:512]:
            raise _error(doing, answer)
        return answer

    async def _get_once(self, name: str, offset: int, version: str) -> AsyncGenerator[bytes]:
        doing = f"read {name}"
        headers = {"range": f"bytes={offset}-"} if offset else {}
        if version:
            headers["if-match"] = version
        request = S3Request(method="GET", host=self._address.host, path=self._address.path_of(name), headers=headers)
        try:
            async with self._send(request, b"") as response:
                wanted = HTTPStatus.PARTIAL_CONTENT if offset else HTTPStatus.OK
                if response.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                    return
                if response.status != wanted:
                    said = await response.content.read(_ANSWER_LIMIT_BYTES)
                    raise _error(doing, _Answer(response.status, response.headers, said))
                async for chunk in response.content.iter_chunked(CHUNK_BYTES):
                    yield chunk
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            raise transport_error(doing, error) from error

    def _send(self, request: S3Request, body: bytes) -> "aiohttp.client._RequestContextManager":
        address = self._address
        query = f"?{request.encoded_query}" if request.query else ""
        url = URL(f"{address.endpoint.scheme}://{request.host}{request.encoded_path}{query}", encoded=True)
        return self._session.request(
            request.method,
            url,
            data=io.BytesIO(body) if body else None,
            headers=signed_headers(request, address.key, address.region),
            allow_redirects=False,
        )


def _error(doing: str, answer: _Answer) -> ProviderError:
    code = next(iter(_texts(answer.body, "Code")), "")
    if answer.status == HTTPStatus.PRECONDITION_FAILED:
        return WrongState(f"cannot {doing}: it was replaced meanwhile")
    if (kind := _CODE_KINDS.get(code)) is not None:
        return kind(f"cannot {doing}: the server answered {answer.status} ({code})")
    if answer.status == HTTPStatus.INSUFFICIENT_STORAGE:
        return NoCapacity(f"cannot {doing}: the server has no room")
    if answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return Unavailable(f"cannot {doing}: the server answered {code or 'with an error'}")
    return status_error(doing, answer.status, code)


def _texts(body: bytes, tag: str) -> list[str]:
    """Return the texts of all elements of a name: the answers are flat, and no parser sees what a stranger sent."""
    found = re.findall(rf"<{tag}>([^<]*)</{tag}>", body.decode(errors="replace"))
    return [unescape(text) for text in found]


def _only(texts: Sequence[str], doing: str) -> str:
    if len(texts) != 1 or not texts[0]:
        raise Unavailable(f"cannot {doing}: the server's answer has no upload id")
    return texts[0]

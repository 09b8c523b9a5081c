"""Downloads of images: guarded, bounded, checked while they stream, and resumed where they broke off.

Providers call `Downloader.fetch`. The file appears under its name only when it is whole and its checksum is right.
Needs the extra `download`. Sources: RFC 9110 (ranges, validators, redirects).
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO, Final, Self

import aiohttp
from virtrigaud_api.address_policy import AddressPolicy
from virtrigaud_api.contract import Checksum, ChecksumType, InvalidSpec, ProviderError, Unavailable
from yarl import URL

from virtrigaud_provider_sdk.draft_file import CHUNK_BYTES, create_private, draft_of, file_error, in_thread
from virtrigaud_provider_sdk.guarded_http import (
    AUTHORIZATION,
    DEFAULT_PATIENCE,
    DEFAULT_SURROUNDINGS,
    Patience,
    Surroundings,
    login_headers,
    open_session,
    require_headers,
    shown,
    status_error,
    transport_error,
    web_url,
)
from virtrigaud_provider_sdk.retries import Retries

Progress = Callable[[int, int | None], None]
"""Is told how many bytes have come, and how many there are where the server says so."""

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PIECE_DIGEST: Final = ChecksumType.SHA256
_DEFAULT_RETRIES: Final = Retries()


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadOrder:
    """What to fetch, where to, and what it must be.

    Attributes:
        url: An http or https address; a user and password in it go to its own host only.
        target: The file; a file of that name must not exist.
        checksum: None checks nothing; then the server must say how long the file is.
        limit_bytes: Largest file that is accepted.
        limit_time: Longest time for all attempts together.
        headers: Sent to the URL's own scheme, host and port only, for example an Authorization.
    """

    url: str = field(repr=False)
    target: Path
    checksum: Checksum | None = None
    limit_bytes: int
    limit_time: timedelta = timedelta(hours=6)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """A file that was fetched, with its SHA-256 in lower-case hexadecimal, whatever digest was checked."""

    path: Path
    size_bytes: int
    sha256: str


class Downloader:
    """Fetches files over http and https. Use it as an asynchronous context manager."""

    def __init__(
        self,
        policy: AddressPolicy,
        *,
        patience: Patience = DEFAULT_PATIENCE,
        retries: Retries = _DEFAULT_RETRIES,
        surroundings: Surroundings = DEFAULT_SURROUNDINGS,
        redirects: int = 5,
    ) -> None:
        self._open = partial(open_session, policy, patience, surroundings)
        self._retries = retries
        self._redirects = redirects
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = self._open()
        return self

    async def __aexit__(self, *_outcome: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def fetch(self, order: DownloadOrder, progress: Progress | None = None) -> Downloaded:
        """Fetch a file. A call that fails or is cancelled leaves nothing behind.

        Raises:
            InvalidSpec: The URL or one that it redirects to is refused, a header can't be sent, the file is too
                large, or its checksum is another one.
            NotFound: The server does not have it.
            Refused: The server wants other credentials, or its certificate is not trusted.
            Unavailable: The server cannot be reached, or fails again and again.
            Conflict: A file of the target's name is there.
            NoCapacity: There is no room for it.
        """
        url = web_url(order.url)
        require_headers(order.headers)
        _require_one_login(url, order.headers)
        wanted = _wanted(order.checksum)
        doing = f"download {shown(url)}"
        async with draft_of(order.target) as draft:
            file = await _open_draft(draft, doing)
            try:
                received = _Received(file, [hashlib.new(kind, usedforsecurity=False) for kind in wanted])
                async with asyncio.timeout(order.limit_time.total_seconds()):
                    await self._fill(received, order, url, progress)
                await in_thread(file.flush)
            except TimeoutError:
                raise Unavailable(f"cannot {doing}: it was not done in {order.limit_time}") from None
            except OSError as error:
                raise file_error(doing, error) from error
            finally:
                await in_thread(file.close)
            _require_checksum(received, order.checksum, doing)
        return Downloaded(path=order.target, size_bytes=received.size, sha256=received.hex(_PIECE_DIGEST))

    async def _fill(self, received: "_Received", order: DownloadOrder, url: URL, progress: Progress | None) -> None:
        """Ask until everything has come; each attempt goes on where the last one broke off."""
        failures = farthest = 0
        while True:
            try:
                await self._attempt(received, order, url, progress)
            except Unavailable:
                # A server that makes us start over and over again is no progress.
                failures = 1 if received.size > farthest else failures + 1
                farthest = max(farthest, received.size)
                if not self._retries.allow(failures):
                    raise
                await self._retries.wait(failures)
            else:
                return

    async def _attempt(self, received: "_Received", order: DownloadOrder, url: URL, progress: Progress | None) -> None:
        doing = f"download {shown(url)}"
        try:
            async with await self._answer(order, url, received.range_headers()) as answer:
                await received.begin(answer, order, doing)
                async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
                    await received.add(chunk, order.limit_bytes, doing)
                    if progress is not None:
                        progress(received.size, received.total)
                received.require_whole(doing)
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            raise transport_error(doing, error) from error

    async def _answer(self, order: DownloadOrder, first: URL, ranges: Mapping[str, str]) -> aiohttp.ClientResponse:
        """Ask, and follow redirects one by one; what is secret goes to the first host only."""
        if self._session is None:
            raise RuntimeError("a Downloader fetches inside of its `async with` block only")
        url, doing = first, f"download {shown(first)}"
        for _step in range(self._redirects + 1):
            own = order.headers if url.origin() == first.origin() else {}
            login = {} if _says_who(own) else login_headers(url)
            try:
                answer = await self._session.get(
                    url.with_user(None), headers={**login, **own, **ranges}, allow_redirects=False
                )
            except InvalidSpec as refused:
                raise InvalidSpec(f"cannot {doing}: {refused.message}") from None
            if answer.status not in _REDIRECTS:
                return answer
            answer.close()
            url = _next_url(url, answer.headers.get("Location", ""), doing)
        raise InvalidSpec(f"cannot {doing}: it redirects more than {self._redirects} times")


class _Received:
    """What has come so far: bytes in a file, digests over them, and how to ask for the rest."""

    def __init__(self, file: BinaryIO, digests: list[Any]) -> None:
        self._file = file
        self._digests = digests
        self._validator: str | None = None
        self.size = 0
        self.total: int | None = None

    def hex(self, kind: ChecksumType) -> str:
        """Return a digest of all that has come."""
        return str(next(digest for digest in self._digests if digest.name == kind).hexdigest())

    def range_headers(self) -> Mapping[str, str]:
        """Ask for the rest where the server said what version it is the rest of."""
        if self.size == 0 or self._validator is None:
            return {}
        return {"Range": f"bytes={self.size}-", "If-Range": self._validator}

    async def begin(self, answer: aiohttp.ClientResponse, order: DownloadOrder, doing: str) -> None:
        """Take the head of an answer: the rest, or all of it once more.

        Raises:
            ProviderError: It is no good answer, or promises too much.
        """
        if answer.status == HTTPStatus.PARTIAL_CONTENT and self.size:
            self.total = _total_of(answer, self.size, doing)
        elif answer.status == HTTPStatus.OK:
            await self._start_over()
            self.total = answer.content_length
            self._validator = _validator_of(answer)
            if self.total is None and order.checksum is None and not _is_chunked(answer):
                raise InvalidSpec(f"cannot {doing}: without length and checksum nobody knows when it is whole")
        elif answer.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            self._validator = None
            raise Unavailable(f"cannot {doing}: the server does not have the rest of it")
        else:
            raise status_error(doing, answer.status)
        if (self.total or 0) > order.limit_bytes:
            raise InvalidSpec(f"cannot {doing}: it has {self.total} bytes, {order.limit_bytes} are allowed")

    async def add(self, chunk: bytes, limit_bytes: int, doing: str) -> None:
        """Take a piece.

        Raises:
            InvalidSpec: It is more than allowed.
        """
        if self.size + len(chunk) > limit_bytes:
            raise InvalidSpec(f"cannot {doing}: it has more than the {limit_bytes} bytes that are allowed")
        await in_thread(self._write, chunk)
        self.size += len(chunk)

    def require_whole(self, doing: str) -> None:
        """Return when all has come that was promised.

        Raises:
            Unavailable: The answer ended before that.
        """
        if self.total is not None and self.size < self.total:
            raise Unavailable(f"cannot {doing}: the server ended after {self.size} of {self.total} bytes")

    def _write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        for digest in self._digests:
            digest.update(chunk)

    async def _start_over(self) -> None:
        if self.size:
            self._digests = [hashlib.new(digest.name, usedforsecurity=False) for digest in self._digests]
            self.size = 0
            await in_thread(self._file.seek, 0)
            await in_thread(self._file.truncate)


async def _open_draft(draft: Path, doing: str) -> BinaryIO:
    try:
        return await in_thread(create_private, draft)
    except OSError as error:
        raise file_error(doing, error) from error


def _wanted(checksum: Checksum | None) -> set[ChecksumType]:
    """Return the digests to make, having looked at the one that is to be checked.

    Raises:
        InvalidSpec: It cannot be a digest of its kind.
    """
    if checksum is None:
        return {_PIECE_DIGEST}
    digits = hashlib.new(checksum.type, usedforsecurity=False).digest_size * 2
    if len(checksum.hex) != digits or not set(checksum.hex.lower()) <= set("0123456789abcdef"):
        raise InvalidSpec(f"{checksum.hex!a} is no {checksum.type} checksum: it must have {digits} hexadecimal digits")
    return {_PIECE_DIGEST, checksum.type}


def _require_one_login(url: URL, headers: Mapping[str, str]) -> None:
    """Return when address and headers do not both say who asks.

    Raises:
        InvalidSpec: They do.
    """
    if login_headers(url) and _says_who(headers):
        raise InvalidSpec(f"the URL has a user, and the header {AUTHORIZATION} says who asks too: leave one out")


def _says_who(headers: Mapping[str, str]) -> bool:
    return any(name.lower() == AUTHORIZATION.lower() for name in headers)


def _require_checksum(received: _Received, wanted: Checksum | None, doing: str) -> None:
    if wanted is not None and (found := received.hex(wanted.type)) != wanted.hex.lower():
        raise InvalidSpec(f"cannot {doing}: it has the {wanted.type} checksum {found}, the spec says {wanted.hex}")


def _next_url(url: URL, location: str, doing: str) -> URL:
    """Return where a redirect leads.

    Raises:
        ProviderError: Nowhere, or from https to http.
    """
    try:
        following = web_url(str(url.join(URL(location))))
    except (ValueError, ProviderError):
        raise InvalidSpec(f"cannot {doing}: it redirects to what is no http or https address") from None
    if url.scheme == "https" and following.scheme != "https":
        raise InvalidSpec(f"cannot {doing}: it redirects from https to http")
    return following


def _validator_of(answer: aiohttp.ClientResponse) -> str | None:
    """Return what tells this version of the file from another; a weak tag does not."""
    tag = answer.headers.get("ETag")
    if tag is not None and not tag.startswith("W/"):
        return tag
    return answer.headers.get("Last-Modified")


def _total_of(answer: aiohttp.ClientResponse, start: int, doing: str) -> int | None:
    """Return the length of the whole from a partial answer, which must begin where we are.

    Raises:
        Unavailable: It begins elsewhere.
    """
    unit, _, rest = answer.headers.get("Content-Range", "").partition(" ")
    place, _, total = rest.partition("/")
    if unit != "bytes" or place.partition("-")[0] != str(start):
        raise Unavailable(f"cannot {doing}: the server sent another part than the one that was asked for")
    return int(total) if total.isdecimal() else None


def _is_chunked(answer: aiohttp.ClientResponse) -> bool:
    return answer.headers.get("Transfer-Encoding", "").lower().endswith("chunked")

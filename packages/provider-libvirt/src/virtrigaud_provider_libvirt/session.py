"""One connection to libvirt that heals itself, and the only place where libvirt's errors become ours.

Every verb runs its blocking work through `Session.run`. A connection that was lost is opened again and
the work repeated once, which is right because every verb may be repeated.
"""

import asyncio
import contextlib
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import libvirt
import structlog
from virtrigaud_api.contract import ProviderError
from virtrigaud_provider_sdk.blocking import BlockingPool
from virtrigaud_provider_sdk.credential_files import CredentialFiles, Stamp

from virtrigaud_provider_libvirt.connection import open_connection, read_host
from virtrigaud_provider_libvirt.faults import FAULTS, is_connection_lost
from virtrigaud_provider_libvirt.host import Host
from virtrigaud_provider_libvirt.settings import LibvirtSettings

T = TypeVar("T")

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 15.0
_log = structlog.get_logger("virtrigaud.libvirt")


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """An open connection and what its host can do.

    Attributes:
        subscriptions: Numbers of the event callbacks on the connection.
        credentials: Tells the credentials that it was opened with from later ones.
    """

    connection: libvirt.virConnect
    host: Host
    subscriptions: tuple[int, ...] = ()
    credentials: Stamp = ()


class Listener(Protocol):
    """Who wants to know about connections."""

    def connected(self, connection: libvirt.virConnect) -> tuple[int, ...]:
        """Subscribe to a new connection; runs in a worker thread, before any work uses the connection."""

    def reconnected(self) -> None:
        """A connection is there again after a loss; runs in the event loop's thread."""


class Session:
    """Runs work with an open connection, in threads of its own."""

    def __init__(self, settings: LibvirtSettings, listener: Listener) -> None:
        self._settings = settings
        self._listener = listener
        self._credentials = CredentialFiles(settings.credentials_directory)
        self._pool = BlockingPool(settings.threads, name="libvirt")
        self._lock = threading.Lock()
        self._link: Link | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._healing: asyncio.Task[None] | None = None
        self._closed = False

    async def run(self, doing: str, call: str, work: Callable[[Link], T]) -> T:
        """Run blocking work with a connection.

        Args:
            doing: What is done on what, for the error: "power on machine vm-42".
            call: The verb, for the metric.
            work: Is called in a thread; called once more when the connection was lost meanwhile.

        Raises:
            ProviderError: What libvirt's error means.
        """
        self._loop = asyncio.get_running_loop()
        with FAULTS.during(doing, call=call):
            return await self._pool.run(self._perform, work)

    async def close(self) -> None:
        """Close the connection and take no more work."""
        self._closed = True
        if self._healing is not None:
            self._healing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._healing
        with self._lock:
            link, self._link = self._link, None
        if link is not None:
            with contextlib.suppress(libvirt.libvirtError):
                await self._pool.run(link.connection.close)
        self._pool.close()

    def _perform(self, work: Callable[[Link], T]) -> T:
        link, fresh = self._linked()
        try:
            return work(link)
        except libvirt.libvirtError as error:
            if not is_connection_lost(error):
                raise
            self._drop(link)
            if fresh:
                raise
        return work(self._linked()[0])

    def _linked(self) -> tuple[Link, bool]:
        """The open connection, and whether it had to be opened for this call."""
        stamp = self._credentials.stamp()
        with self._lock:
            if self._link is not None and self._link.credentials == stamp:
                return self._link, False
            former, self._link = self._link, None
            if former is not None:
                _log.info("credentials changed, connecting anew", endpoint=self._settings.endpoint)
                _unsubscribe(former)
                self._heal_soon()
            connection = open_connection(self._settings)
            host = read_host(connection)
            link = Link(connection, host, self._listener.connected(connection), stamp)
            connection.registerCloseCallback(self._on_close, link)
            self._link = link
            return link, True

    def _drop(self, link: Link) -> None:
        """Forget a connection that failed, and heal it even if nobody calls."""
        with self._lock:
            if self._link is not link:
                return
            self._link = None
        _log.warning("connection to libvirt lost", endpoint=self._settings.endpoint)
        self._heal_soon()

    def _on_close(self, _connection: libvirt.virConnect, _reason: int, link: Link) -> None:
        """Libvirt's event loop tells that the connection is gone."""
        self._drop(link)

    def _heal_soon(self) -> None:
        # The loop may have ended before the connection did.
        with contextlib.suppress(RuntimeError):
            if self._loop is not None and not self._closed:
                self._loop.call_soon_threadsafe(self._start_healing)

    def _start_healing(self) -> None:
        if not self._closed and (self._healing is None or self._healing.done()):
            self._healing = asyncio.create_task(self._heal(), name="libvirt reconnect")

    async def _heal(self) -> None:
        """Open the connection again, however long it takes; each pause doubles and has jitter."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                await self.run("reconnect to libvirt", "connect", lambda _link: None)
            except ProviderError as error:
                _log.info("libvirt is not back yet", error=str(error))
            else:
                _log.info("connected to libvirt again", endpoint=self._settings.endpoint)
                self._listener.reconnected()
                return
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


def _unsubscribe(link: Link) -> None:
    """Stop the events of a working connection that is given up; it closes when its last user is done with it."""
    for subscription in link.subscriptions:
        with contextlib.suppress(libvirt.libvirtError):
            link.connection.domainEventDeregisterAny(subscription)

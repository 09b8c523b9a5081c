"""The whole server in one object: put together, started and stopped. Used by the console script and in tests."""

import asyncio
import fcntl
import os
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from aiohttp import web

from virtrigaud_localkube import credentials
from virtrigaud_localkube.admission.cluster_ips import ClusterIPs
from virtrigaud_localkube.admission.outside_rules import OutsideRules
from virtrigaud_localkube.authorization.authentication import Authenticator
from virtrigaud_localkube.authorization.escalation import Escalation
from virtrigaud_localkube.authorization.rbac import Rbac
from virtrigaud_localkube.authorization.service_account_tokens import ServiceAccountTokens
from virtrigaud_localkube.controllers import background_work, make_first_objects
from virtrigaud_localkube.http.gate import Gate
from virtrigaud_localkube.http.objects import Objects
from virtrigaud_localkube.http.reviews import Reviews
from virtrigaud_localkube.http.server import FrontDoor
from virtrigaud_localkube.http.token_requests import TokenRequests
from virtrigaud_localkube.kubeconfig import write_kubeconfig
from virtrigaud_localkube.registry.builtin import DEFINITIONS
from virtrigaud_localkube.registry.catalog import Catalog
from virtrigaud_localkube.registry.openapi import OpenApi
from virtrigaud_localkube.registry.registry import Registry
from virtrigaud_localkube.settings import Settings, SettingsError, parse_listen
from virtrigaud_localkube.storage.store import Store
from virtrigaud_localkube.storage.stored import Change, ChangeType
from virtrigaud_localkube.watch.stream import Broadcaster

_SHUTDOWN_SECONDS: Final = 2.0


class LocalKube:
    """An API server over a data directory.

    Use it as an async context manager::

        async with LocalKube(data_dir="state") as kube:
            print(kube.url, kube.kubeconfig_path)
    """

    def __init__(
        self,
        data_dir: Path | str,
        *,
        listen: str = "127.0.0.1:0",
        kubeconfig: Path | str | None = None,
        uses_tls: bool = True,
    ) -> None:
        """Takes the settings; nothing is started yet.

        Raises:
            SettingsError: The settings can't work.
        """
        host, port = parse_listen(listen)
        kubeconfig_path = Path(kubeconfig) if kubeconfig else None
        self._settings = Settings(Path(data_dir), host, port, kubeconfig_path, uses_tls)
        self._running = AsyncExitStack()
        self.url = ""
        self.token = ""

    @property
    def kubeconfig_path(self) -> Path:
        """The file that clients find the server with."""
        return self._settings.kubeconfig_path

    @property
    def ca_path(self) -> Path:
        """The certificate that clients verify the server with."""
        return credentials.authority_file(self._settings.data_dir)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Starts to serve. When it returns, the kubeconfig is written and clients may connect.

        Raises:
            SettingsError: The data directory is open to others or in use, or the address can't be listened on.
        """
        async with AsyncExitStack() as starting:
            await self._start(starting)
            self._running = starting.pop_all()

    async def stop(self) -> None:
        """Ends all watches, finishes what is being written, and stops."""
        await self._running.aclose()

    async def _start(self, starting: AsyncExitStack) -> None:
        settings = self._settings
        credentials.prepare_directory(settings.data_dir)
        _lock(settings.data_dir, starting)
        self.token = credentials.load_token(settings.data_dir)
        store = Store(credentials.private_file(settings.data_dir / "state.db"))
        starting.callback(store.close)
        rules = OutsideRules(store)
        starting.push_async_callback(rules.close)
        rbac = Rbac(store)
        registry = build_registry(store, rules, rbac)
        await make_first_objects(registry)
        for work in background_work(registry):
            starting.push_async_callback(_cancel, asyncio.create_task(work))
        broadcaster = Broadcaster(store)
        tokens = ServiceAccountTokens(store, credentials.load_account_key(settings.data_dir))
        authenticator = Authenticator(self.token, tokens, rbac)
        gate = Gate(authenticator, rbac, needs_proof=settings.uses_tls)
        objects = Objects(registry, broadcaster, gate, Reviews(authenticator, rbac), TokenRequests(store, tokens))
        door = FrontDoor(gate, registry.catalog, objects, OpenApi(registry.catalog).document)
        self.url = await _serve(door, settings, starting)
        starting.callback(broadcaster.stop)
        write_kubeconfig(settings, self.url, self.token)


def build_registry(store: Store, rules: OutsideRules, rbac: Rbac) -> Registry:
    """Puts together what writes need, with the definitions that the store holds."""
    catalog = Catalog()
    for stored in store.objects(DEFINITIONS):
        catalog.define(stored.document())

    def follow(change: Change) -> None:
        if change.stored.key.collection != DEFINITIONS:
            return
        if change.type is ChangeType.DELETED:
            catalog.forget(change.stored.document())
        else:
            catalog.define(change.stored.document())

    store.listen(follow)
    return Registry(store, catalog, ClusterIPs(store), rules, Escalation(rbac))


def _lock(directory: Path, starting: AsyncExitStack) -> None:
    """Makes sure that one server at a time works on a data directory; the lock ends with the process."""
    descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    starting.callback(os.close, descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SettingsError(f"another server works on {directory}: stop it, or use another data directory") from None


async def _serve(door: FrontDoor, settings: Settings, starting: AsyncExitStack) -> str:
    server = web.Server(door.answer, handler_cancellation=True, access_log=None)
    runner = web.ServerRunner(server, shutdown_timeout=_SHUTDOWN_SECONDS)
    await runner.setup()
    starting.push_async_callback(runner.cleanup)
    tls = credentials.load_tls(settings) if settings.uses_tls else None
    site = web.TCPSite(runner, settings.host, settings.port, ssl_context=tls)
    try:
        await site.start()
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        raise SettingsError(f"can't listen on {where}: {error.strerror}; choose another --listen") from error
    host, port = runner.addresses[0][:2]
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if tls else 'http'}://{shown}:{port}"


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

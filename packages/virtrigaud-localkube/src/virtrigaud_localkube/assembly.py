"""Puts a server together out of its layers and lets it listen."""

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import Final

from aiohttp import web

from virtrigaud_localkube import credentials
from virtrigaud_localkube.admission.cluster_ips import ClusterIPs
from virtrigaud_localkube.admission.outside_rules import OutsideRules
from virtrigaud_localkube.authorization.authentication import Authenticator
from virtrigaud_localkube.authorization.escalation import Escalation
from virtrigaud_localkube.authorization.rbac import Rbac
from virtrigaud_localkube.authorization.service_account_tokens import ServiceAccountTokens
from virtrigaud_localkube.authorization.token_key import TokenKey
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
from virtrigaud_localkube.settings import Settings, SettingsError
from virtrigaud_localkube.storage.store import Store
from virtrigaud_localkube.storage.stored import Change, ChangeType
from virtrigaud_localkube.watch.stream import Broadcaster

_SHUTDOWN_SECONDS: Final = 2.0


async def assemble(
    settings: Settings, token: str, certificates: "credentials.Making | None", starting: AsyncExitStack
) -> str:
    """Starts a server, which ends with the exit stack, and returns its URL.

    Raises:
        SettingsError: The address can't be listened on.
    """
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
    tokens = ServiceAccountTokens(store, TokenKey(credentials.account_key_file(settings.data_dir)))
    authenticator = Authenticator(token, tokens, rbac)
    gate = Gate(authenticator, rbac, needs_proof=settings.uses_tls)
    objects = Objects(registry, broadcaster, gate, Reviews(authenticator, rbac), TokenRequests(store, tokens))
    door = FrontDoor(gate, registry.catalog, objects, OpenApi(registry.catalog), tokens)
    if certificates:
        certificates.finish()
    url = await _serve(door, settings, starting)
    starting.callback(broadcaster.stop)
    write_kubeconfig(settings, url, token)
    return url


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

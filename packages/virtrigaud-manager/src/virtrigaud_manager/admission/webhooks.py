"""The webhooks of one manager: served, announced to the API server, kept announced, and taken back where that is due.

`manager` runs it beside everything else. Losing it costs nothing but the early word: the reconcile enforces
the same rules.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog

from virtrigaud_manager.admission.configurations import (
    ByService,
    ByUrl,
    Place,
    Reach,
    configurations,
)
from virtrigaud_manager.admission.decisions import Decisions
from virtrigaud_manager.admission.identity import (
    FromFiles,
    FromProcess,
    FromSecret,
    IdentityError,
    IdentitySource,
)
from virtrigaud_manager.admission.server import WebhookServer, tls_context
from virtrigaud_manager.cluster.plain_objects import PlainObjects
from virtrigaud_manager.cluster.satisfied import is_satisfied
from virtrigaud_manager.cluster.store import ClusterError
from virtrigaud_manager.settings import OFF, ManagerSettings, split_address

LOOK_AGAIN: Final = timedelta(minutes=1)
"""How often the certificate and the configurations are looked after."""

_AFTER_FAILURE: Final = timedelta(seconds=2)
_LOOPBACK: Final = "127.0.0.1"
_HTTPS: Final = 443

log = structlog.get_logger("admission")


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """How the webhooks are served and reached.

    Attributes:
        service: The Service that leads to them; None when they are reached where they listen.
        certificates: Where somebody else puts the certificate; None when the manager makes it.
    """

    address: str
    service: ByService | None
    certificates: Path | None
    namespaces: tuple[str, ...]


class Webhooks:
    """Serves and announces the webhooks."""

    def __init__(self, settings: WebhookSettings, objects: PlainObjects, decisions: Decisions) -> None:
        self._settings = settings
        self._objects = objects
        self._decisions = decisions
        self._source = _source(settings, objects)
        self._context = tls_context()
        self._shown: bytes = b""

    async def run(self) -> None:
        """Serve and stay announced until cancelled; a laptop's webhooks are taken back at the end."""
        await self._until_done(self._show_certificate)
        async with WebhookServer(self._settings.address, self._context, self._decisions) as server:
            place = self._place(server.port)
            try:
                while True:
                    await self._until_done(lambda: self._keep(place))
                    await asyncio.sleep(LOOK_AGAIN.total_seconds())
            finally:
                if isinstance(place, ByUrl):
                    await self._take_back(place)

    async def _until_done(self, do: Callable[[], Awaitable[object]]) -> None:
        while True:
            try:
                await do()
            except (ClusterError, IdentityError) as error:
                log.warning("admission waits", error=str(error))
                await asyncio.sleep(_AFTER_FAILURE.total_seconds())
            else:
                return

    async def _show_certificate(self) -> bytes:
        identity = await self._source.current()
        if identity.pair.certificate != self._shown:
            try:
                identity.load_into(self._context)
            except (OSError, ValueError) as error:
                raise IdentityError(f"the certificate of the webhooks can't be used: {error}") from error
            self._shown = identity.pair.certificate
            log.info("webhooks show a certificate", expires=identity.pair.expires.isoformat())
        return identity.authorities

    async def _keep(self, place: Place) -> None:
        """Show the current certificate, and let the configurations lead here."""
        authorities = await self._show_certificate()
        reach = Reach(place, authorities, self._settings.namespaces)
        for resource, wanted in configurations(reach).items():
            found = await self._objects.get(resource, reach.name)
            if found is None or not is_satisfied(wanted, found):
                await self._objects.apply(resource, wanted)
                log.info("webhooks are announced", configuration=reach.name, kind=wanted["kind"])

    async def _take_back(self, place: ByUrl) -> None:
        reach = Reach(place, b"")
        with contextlib.suppress(ClusterError):
            for resource in configurations(reach):
                await self._objects.delete(resource, reach.name)

    def _place(self, port: int) -> Place:
        host, _ = split_address(self._settings.address)
        return self._settings.service or ByUrl(f"https://{_in_url(host or _LOOPBACK)}:{port}")


def webhooks(settings: ManagerSettings, objects: PlainObjects, decisions: Decisions) -> tuple[Webhooks, ...]:
    """Make the webhooks that the settings ask for; none when they are off."""
    if settings.webhook_bind_address == OFF:
        return ()
    name, _, port = settings.webhook_service.partition(":")
    wanted = WebhookSettings(
        address=settings.webhook_bind_address,
        service=ByService(settings.namespace, name, int(port or _HTTPS)) if name else None,
        certificates=settings.webhook_certificate_dir,
        namespaces=settings.namespaces,
    )
    return (Webhooks(wanted, objects, decisions),)


def _source(settings: WebhookSettings, objects: PlainObjects) -> IdentitySource:
    if settings.certificates is not None:
        return FromFiles(settings.certificates)
    if settings.service is not None:
        return FromSecret(objects, settings.service.namespace, (settings.service.dns_name,))
    host, _ = split_address(settings.address)
    return FromProcess((host or _LOOPBACK,))


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host

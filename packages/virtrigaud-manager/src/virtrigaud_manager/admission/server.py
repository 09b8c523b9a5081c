"""The HTTPS server that the API server asks: `/validate` and `/default`, each an AdmissionReview in and out.

It decides nothing; `decisions` does. What can't be read is answered with an error, which the configurations
let through.
"""

import asyncio
import ssl
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, Final, Self

import structlog
from aiohttp import web
from pydantic_core import to_json

from virtrigaud_manager import metrics
from virtrigaud_manager.admission.asked import Asked, UnreadableReviewError, answer, read
from virtrigaud_manager.admission.configurations import DEFAULT_PATH, TIMEOUT_SECONDS, VALIDATE_PATH
from virtrigaud_manager.admission.decisions import Decisions
from virtrigaud_manager.admission.verdict import ALLOWED, Verdict
from virtrigaud_manager.settings import split_address

_LARGEST_REVIEW: Final = 8 * 1024 * 1024
_PATIENCE: Final = timedelta(seconds=TIMEOUT_SECONDS)
_UNREADABLE: Final = 400

log = structlog.get_logger("admission")


class WebhookServer:
    """Answers while it is entered.

    Args:
        address: Where to listen, as host:port; port 0 takes a free one.
        context: Holds the certificate, which may be renewed while connections come in.
        patience: How long the body of a request may take to come.
    """

    def __init__(
        self, address: str, context: ssl.SSLContext, decisions: Decisions, patience: timedelta = _PATIENCE
    ) -> None:
        self._host, self._port = split_address(address)
        self._context = context
        self._decisions = decisions
        self._patience = patience.total_seconds()
        self._stack = AsyncExitStack()

    @property
    def port(self) -> int:
        """Return the port that is listened on."""
        return self._port

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        application = web.Application(client_max_size=_LARGEST_REVIEW)
        application.add_routes([web.post(VALIDATE_PATH, self._validate), web.post(DEFAULT_PATH, self._default)])
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, self._host, self._port, ssl_context=self._context).start()
        self._port = int(runner.addresses[0][1])
        return self

    async def __aexit__(self, *error: object) -> None:
        """Stop to listen."""
        await self._stack.aclose()

    async def _validate(self, http: web.Request) -> web.Response:
        try:
            asked = read(await self._body(http), whole=True)
        except UnreadableReviewError as error:
            return _unreadable(error)
        said = self._decisions.decide(asked)
        _tell(asked, said)
        return _json(answer(asked, said))

    async def _default(self, http: web.Request) -> web.Response:
        try:
            asked = read(await self._body(http), whole=False)
        except UnreadableReviewError as error:
            return _unreadable(error)
        approval = self._decisions.approve(asked)
        if approval is None:
            return _json(answer(asked, ALLOWED))
        if approval.approved:
            _tell(asked, ALLOWED)
        return _json(answer(asked, ALLOWED, approval.patch))

    async def _body(self, http: web.Request) -> bytes:
        try:
            async with asyncio.timeout(self._patience):
                return await http.read()
        except TimeoutError:
            raise web.HTTPRequestTimeout from None


def tls_context() -> ssl.SSLContext:
    """Make what connections are accepted with; a certificate has to be loaded into it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _json(document: dict[str, Any]) -> web.Response:
    return web.Response(body=to_json(document), content_type="application/json")


def _unreadable(error: UnreadableReviewError) -> web.Response:
    log.warning("a request for admission can't be read and is let through", error=str(error))
    return web.Response(status=_UNREADABLE, text=str(error))


def _tell(asked: Asked, said: Verdict) -> None:
    metrics.judged(asked.kind, asked.operation.value, allowed=said.allowed)
    if not said.allowed:
        about = f"{asked.namespace}/{asked.name}"
        log.info("refused", kind=asked.kind, object=about, operation=asked.operation.value, why=said.message)

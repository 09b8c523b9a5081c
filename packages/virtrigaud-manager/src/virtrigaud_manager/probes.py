"""/healthz, /readyz and /metrics: what a kubelet and a Prometheus ask the manager."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Self

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from virtrigaud_manager import metrics
from virtrigaud_manager.settings import OFF, split_address


class Probes:
    """Serves the probes while it is entered.

    Args:
        is_ready: Tells whether the cache is filled and reconciles run.
    """

    def __init__(self, metrics_address: str, health_address: str, is_ready: Callable[[], bool]) -> None:
        self._metrics_address = metrics_address
        self._health_address = health_address
        self._is_ready = is_ready
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        health, measures = web.Application(), web.Application()
        health.add_routes([web.get("/healthz", self._healthz), web.get("/readyz", self._readyz)])
        measures.add_routes([web.get("/metrics", self._metrics)])
        await self._serve(health, self._health_address)
        await self._serve(measures, self._metrics_address)
        return self

    async def __aexit__(self, *error: object) -> None:
        """Stop to listen."""
        await self._stack.aclose()

    async def _serve(self, application: web.Application, address: str) -> None:
        if address == OFF:
            return
        host, port = split_address(address)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, host, port).start()

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def _readyz(self, _: web.Request) -> web.Response:
        return web.Response(text="ready") if self._is_ready() else web.Response(text="not ready", status=503)

    async def _metrics(self, _: web.Request) -> web.Response:
        text = generate_latest(metrics.REGISTRY)
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})

"""The gRPC server of one provider: services, interceptors, TLS, limits, and an end that loses nothing.

`serve` runs it for a whole process; tests and embedders use `ProviderServer` as an async context manager.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta
from types import TracebackType
from typing import Self

import grpc.aio
import structlog
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import SERVICE_NAME as HEALTH_SERVICE
from grpc_health.v1.health import aio as health_aio  # type: ignore[attr-defined]
from grpc_reflection.v1alpha import reflection_pb2_grpc
from grpc_reflection.v1alpha.reflection import SERVICE_NAME as REFLECTION_SERVICE
from grpc_reflection.v1alpha.reflection import aio as reflection_aio  # type: ignore[attr-defined]
from virtrigaud_api.contract import MachineProvider
from virtrigaud_api.tracing import are_recorded
from virtrigaud_api.wire import tls_floor
from virtrigaud_api.wire.generated import provider_pb2, provider_pb2_grpc

from virtrigaud_provider_sdk.certificate_reload import CertificateReload, StartRefused, TlsFiles, tls_posture
from virtrigaud_provider_sdk.health import Health, HealthReport, HypervisorHealth
from virtrigaud_provider_sdk.interceptors.call import Concern, Methods
from virtrigaud_provider_sdk.interceptors.concurrency import Concurrency
from virtrigaud_provider_sdk.interceptors.deadlines import Deadlines
from virtrigaud_provider_sdk.interceptors.errors import Errors
from virtrigaud_provider_sdk.interceptors.peers import Peers
from virtrigaud_provider_sdk.interceptors.requests import Requests
from virtrigaud_provider_sdk.interceptors.spans import Spans
from virtrigaud_provider_sdk.interceptors.streams import Streams
from virtrigaud_provider_sdk.interceptors.terms import Terms
from virtrigaud_provider_sdk.limits import DEFAULT_LIMITS, CallLimits, server_options
from virtrigaud_provider_sdk.probes import Probes
from virtrigaud_provider_sdk.servicer import MachineServicer
from virtrigaud_provider_sdk.settings import ProviderSettings

SERVICE: str = provider_pb2.DESCRIPTOR.services_by_name["Provider"].full_name
HEALTH_NAMES = ("", SERVICE, "provider")
"""What the gRPC health service answers for; the last is the name that the Go project asks for."""

PLAINTEXT_WARNING = (
    "SERVING IN PLAINTEXT: whoever reaches this port controls the hypervisor, and user data is readable on the way; "
    "unset VIRTRIGAUD_PROVIDER_INSECURE and mount TLS files"
)

_log = structlog.get_logger("virtrigaud.server")


class ProviderServer:
    """Serves a provider from entering the context to leaving it.

    A provider that is an async context manager is entered before the first call and left after the last one.

    Attributes:
        port: Where gRPC is served.
        health_port: Where the HTTP probes are served.
        health: What is known about the hypervisor.
    """

    def __init__(
        self, provider: MachineProvider, settings: ProviderSettings, *, limits: CallLimits = DEFAULT_LIMITS
    ) -> None:
        """Prepare to serve.

        Raises:
            StartRefused: The TLS files can't be used, or there are none and plaintext is not allowed.
        """
        self._provider = provider
        self._settings = settings
        self._limits = limits
        posture = tls_posture(settings)
        self._certificates = CertificateReload(posture) if isinstance(posture, TlsFiles) else None
        self._streams = Streams()
        self._health_service = health_aio.HealthServicer()
        self._running = AsyncExitStack()
        self.health = HypervisorHealth(
            provider, interval=timedelta(seconds=settings.validate_seconds), told=self._tell_health
        )
        self.port = 0
        self.health_port = 0

    async def __aenter__(self) -> Self:
        """Start to serve.

        Raises:
            StartRefused: An address can't be listened on; nothing is left running.
        """
        async with AsyncExitStack() as starting:
            await self._start_probes(starting)
            if isinstance(self._provider, AbstractAsyncContextManager):
                await starting.enter_async_context(_left_in_time(self._provider, self._half_drain()))
            await self._tell_health(self.health.report)
            # A server that has not been started can't let go of its port, so nothing may fail between these two.
            server = self._server()
            await server.start()
            starting.push_async_callback(self._drain, server)
            await starting.enter_async_context(_background(self.health.watch()))
            self._running = starting.pop_all()
        _log.info("serving", address=self._settings.bind_address or "*", port=self.port, health_port=self.health_port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Say that we go, let calls and then tasks finish within the drain time, stop."""
        await self._running.aclose()
        _log.info("stopped")

    def _server(self) -> grpc.aio.Server:
        """Put services and what is around their calls together and listen, without answering yet."""
        server = grpc.aio.server(options=server_options(self._limits))
        methods = Methods(server, self._concerns())
        names = (SERVICE, HEALTH_SERVICE, REFLECTION_SERVICE)
        provider_pb2_grpc.add_ProviderServicer_to_server(MachineServicer(self._provider), methods)  # type: ignore[no-untyped-call]
        health_pb2_grpc.add_HealthServicer_to_server(self._health_service, methods)
        reflection_pb2_grpc.add_ServerReflectionServicer_to_server(reflection_aio.ReflectionServicer(names), methods)  # type: ignore[attr-defined]
        address = _join(self._settings.bind_address or "[::]", self._settings.port)
        try:
            if self._certificates is not None:
                self.port = server.add_secure_port(address, self._certificates.credentials())
            else:
                _log.warning(PLAINTEXT_WARNING, address=address)
                self.port = server.add_insecure_port(address)
        except RuntimeError as error:
            raise StartRefused(f"cannot listen on {address}: it is in use, or not an address of this host") from error
        return server

    def _concerns(self) -> Sequence[Concern]:
        """Put the concerns of a call in order, from the outside in."""
        settings, limits = self._settings, self._limits
        chain: list[Concern] = [Requests(settings.provider_type)]
        if are_recorded():
            chain.append(Spans())
        chain += [Errors(self.health.suspect), self._streams]
        if self._certificates is not None:
            chain.append(Peers(settings.allowed_sans, floor_in_force=tls_floor.in_force))
        places = Concurrency(settings.provider_type, running_limit=limits.running, waiting_limit=limits.waiting)
        return [*chain, Terms(), Deadlines(limits.longest), places]

    async def _start_probes(self, starting: AsyncExitStack) -> None:
        address, port = self._settings.bind_address, self._settings.health_port
        try:
            probes = Probes(self.health, address, port)
        except OSError as error:
            raise StartRefused(f"cannot listen on {_join(address or '*', port)}: {error.strerror}") from error
        starting.push_async_callback(probes.stop)
        self.health_port = probes.port
        await starting.enter_async_context(_background(self.health.beat()))
        probes.start()

    async def _tell_health(self, report: HealthReport) -> None:
        serving = report.health is Health.HEALTHY
        status = health_pb2.HealthCheckResponse.SERVING if serving else health_pb2.HealthCheckResponse.NOT_SERVING
        for name in HEALTH_NAMES:
            await self._health_service.set(name, status)

    async def _drain(self, server: grpc.aio.Server) -> None:
        """Say that we go, end streams, and let calls finish within half of the drain time."""
        _log.info("shutting down", drain_seconds=self._settings.drain_seconds)
        self.health.draining = True
        await self._health_service.enter_graceful_shutdown()
        self._streams.end()
        await server.stop(self._half_drain().total_seconds())

    def _half_drain(self) -> timedelta:
        return timedelta(seconds=self._settings.drain_seconds / 2)


@asynccontextmanager
async def _left_in_time(provider: AbstractAsyncContextManager[object], limit: timedelta) -> AsyncIterator[None]:
    """Enter a provider, and leave it within a limit: its tasks can't hold up the end of the process for ever."""
    await provider.__aenter__()
    try:
        yield
    finally:
        try:
            async with asyncio.timeout(limit.total_seconds()):
                await provider.__aexit__(None, None, None)
        except TimeoutError:
            _log.warning("the provider did not stop in time", seconds=limit.total_seconds())


@asynccontextmanager
async def _background(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run a coroutine beside the block and cancel it at the block's end."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


def _join(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address and not address.startswith("[") else f"{address}:{port}"

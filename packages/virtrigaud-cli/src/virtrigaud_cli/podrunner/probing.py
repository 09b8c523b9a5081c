"""Asks a pod whether it is alive and ready. Called by `pod` with the probes of the container.

A kubelet's rules hold, with one difference: until a pod has been ready once, readiness is asked several
times a second, so that a laptop does not wait for the initial delay of a cluster.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import aiohttp

from virtrigaud_cli.podrunner.pod_template import GrpcHealth, HttpGet, Probe, ProbeAction, TcpConnect

EAGER_PERIOD_SECONDS: Final = 0.05
_FIRST_FAILURE_CODE: Final = 400


async def follow_readiness(
    probe: Probe, address: str, session: aiohttp.ClientSession, tell: Callable[[bool], None]
) -> None:
    """Tell each change of readiness, until cancelled; a pod begins unready."""
    ready, streak = False, 0
    has_been_ready = False
    while True:
        answer = await ask(probe.action, address, session, timeout_seconds=probe.timeout_seconds)
        streak = streak + 1 if answer is not ready else 0
        threshold = probe.success_threshold if answer else probe.failure_threshold
        if streak >= threshold:
            ready, streak = answer, 0
            has_been_ready = has_been_ready or ready
            tell(ready)
        await asyncio.sleep(probe.period_seconds if has_been_ready else EAGER_PERIOD_SECONDS)


async def wait_until_dead(probe: Probe, address: str, session: aiohttp.ClientSession) -> None:
    """Return when the liveness probe has failed as often in a row as it may."""
    await asyncio.sleep(probe.initial_delay_seconds)
    failures = 0
    while failures < probe.failure_threshold:
        answer = await ask(probe.action, address, session, timeout_seconds=probe.timeout_seconds)
        failures = 0 if answer else failures + 1
        await asyncio.sleep(probe.period_seconds)


async def ask(action: ProbeAction, address: str, session: aiohttp.ClientSession, *, timeout_seconds: float) -> bool:
    """One question to the pod; any trouble means no."""
    try:
        async with asyncio.timeout(timeout_seconds):
            match action:
                case HttpGet(port, path, tls):
                    scheme = "https" if tls else "http"
                    url = f"{scheme}://{address}:{port}/{path.lstrip('/')}"
                    # A probe asks whether the pod answers, not who it is; kubelets do not verify here either.
                    async with session.get(url, ssl=False, allow_redirects=False) as response:
                        return response.status < _FIRST_FAILURE_CODE
                case TcpConnect(port):
                    _, writer = await asyncio.open_connection(address, port)
                    writer.close()
                    return True
                case GrpcHealth(port, service):
                    return await _grpc_health(f"{address}:{port}", service)
    except (aiohttp.ClientError, OSError, TimeoutError):
        return False


async def _grpc_health(target: str, service: str) -> bool:
    # Few pods are probed by gRPC, and the library costs every start a fifth of a second.
    import grpc  # noqa: PLC0415
    from grpc_health.v1 import health_pb2, health_pb2_grpc  # noqa: PLC0415

    async with grpc.aio.insecure_channel(target) as channel:
        try:
            answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=service))
        except grpc.aio.AioRpcError:
            return False
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)

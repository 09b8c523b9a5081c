"""Questions to a pod over real sockets."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import grpc
import pytest
from aiohttp import web
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from virtrigaud_cli.local.local_state import free_ports
from virtrigaud_cli.podrunner.pod_template import GrpcHealth, HttpGet, Probe, TcpConnect
from virtrigaud_cli.podrunner.probing import ask, follow_readiness, wait_until_dead

HOST = "127.0.0.1"


class Patient:
    """A web server whose answer the test decides."""

    def __init__(self) -> None:
        self.status = 200
        self.asked = asyncio.Event()

    async def answer(self, _: web.Request) -> web.Response:
        self.asked.set()
        return web.Response(status=self.status)


@pytest.fixture
def patient() -> Patient:
    return Patient()


@pytest.fixture
async def port(patient: Patient) -> AsyncIterator[int]:
    application = web.Application()
    application.router.add_get("/healthz", patient.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    (number,) = free_ports(1)
    await web.TCPSite(runner, HOST, number).start()
    yield number
    await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(trust_env=False) as opened:
        yield opened


@pytest.mark.parametrize(("status", "answer"), [(200, True), (302, True), (404, False), (503, False)])
async def test_a_status_below_400_is_a_yes(
    patient: Patient, port: int, session: aiohttp.ClientSession, status: int, answer: object
) -> None:
    patient.status = status

    assert await ask(HttpGet(port, "/healthz"), HOST, session, timeout_seconds=5) is answer


async def test_a_port_answers_as_long_as_somebody_listens(port: int, session: aiohttp.ClientSession) -> None:
    (silent,) = free_ports(1)

    assert await ask(TcpConnect(port), HOST, session, timeout_seconds=5) is True
    assert await ask(TcpConnect(silent), HOST, session, timeout_seconds=5) is False
    assert await ask(HttpGet(silent, "/"), HOST, session, timeout_seconds=5) is False


async def test_a_grpc_service_answers_for_itself(session: aiohttp.ClientSession) -> None:
    servicer = health.aio.HealthServicer()
    await servicer.set("good", health_pb2.HealthCheckResponse.SERVING)
    await servicer.set("bad", health_pb2.HealthCheckResponse.NOT_SERVING)
    server = grpc.aio.server()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    number = server.add_insecure_port(f"{HOST}:0")
    await server.start()

    answers = [
        await ask(GrpcHealth(number, name), HOST, session, timeout_seconds=5) for name in ("good", "bad", "unknown")
    ]
    await server.stop(None)

    assert answers == [True, False, False]


async def test_readiness_is_told_when_it_changes(patient: Patient, port: int, session: aiohttp.ClientSession) -> None:
    probe = Probe(HttpGet(port, "/healthz"), period_seconds=0.01, failure_threshold=2, initial_delay_seconds=60)
    told: asyncio.Queue[bool] = asyncio.Queue()
    patient.status = 503
    following = asyncio.create_task(follow_readiness(probe, HOST, session, told.put_nowait))
    await patient.asked.wait()

    seen = []
    for status in (200, 503, 200):
        patient.status = status
        seen.append(await asyncio.wait_for(told.get(), 10))
    following.cancel()

    assert seen == [True, False, True]
    assert told.empty()


async def test_a_pod_is_dead_after_enough_failures_in_a_row(
    patient: Patient, port: int, session: aiohttp.ClientSession
) -> None:
    probe = Probe(HttpGet(port, "/healthz"), period_seconds=0.01, failure_threshold=2)
    dying = asyncio.create_task(wait_until_dead(probe, HOST, session))
    await patient.asked.wait()
    assert not dying.done()

    patient.status = 500

    await asyncio.wait_for(dying, 10)

"""The floor: what the same burst takes when a bare kopf operator makes two patches an object and nothing else.

It has an API server of its own, of the same make, so that the manager does not see its machines.
"""

import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import orjson
import yaml
from virtrigaud_localkube import LocalKubeProcess

from bench.local_system import PROVIDER
from bench.machines_api import MachinesApi, connect
from bench.processor import Meter
from bench.scale.burst import Burst, burst, names
from bench.scale.clocks import Clocks, has_status, watching

CRDS = Path(__file__).parent.parent.parent / "charts/virtrigaud/crds"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
STOP_SECONDS = 20
FIRST = "first"
FIRST_ANSWER_SECONDS = 30


async def floor(machines: int) -> Burst:
    """Measure the floor."""
    with tempfile.TemporaryDirectory(prefix="bench-floor-") as directory:
        server = LocalKubeProcess(Path(directory) / "state")
        server.start()
        try:
            async with connect(server.kubeconfig) as session:
                await _define(session)
                async with _operator(server) as operator:
                    api = MachinesApi(session)
                    await _answers(api)
                    meter = Meter.start({"floor": operator.pid, "API server": server.pid})
                    return await burst(api, names(machines), has_status, meter)
        finally:
            server.stop()


async def _define(session: aiohttp.ClientSession) -> None:
    for file in sorted(CRDS.glob("*.yaml")):
        document = orjson.dumps(yaml.safe_load(file.read_text()))
        async with session.post(DEFINITIONS, data=document, headers={"Content-Type": "application/json"}) as answer:
            answer.raise_for_status()


@asynccontextmanager
async def _operator(server: LocalKubeProcess) -> "AsyncIterator[subprocess.Popen[bytes]]":
    arguments = (server.url, server.token, str(server.ca_path))
    process = subprocess.Popen(  # noqa: ASYNC220 - starts and goes on
        [sys.executable, "-m", "bench.scale.floor_process", *arguments], stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


async def _answers(api: MachinesApi) -> None:
    """Wait until the operator has served a first machine, so that its start does not count."""
    clocks = Clocks(frozenset({FIRST}), has_status)
    async with watching(api, clocks):
        await api.create(FIRST, PROVIDER)
        await clocks.until_all_served(FIRST_ANSWER_SECONDS)

"""The embedded API server alone: time to ready, creates, lists, watchers, memory, with 10,000 VirtualMachines.

Client and server share the machine, so the rates are what both together reach.
"""

import asyncio
import ssl
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import aiohttp
import orjson
import yaml
from virtrigaud_localkube import LocalKubeProcess

from bench.local_system import resident_mib
from bench.processor import processor_seconds
from bench.results import Better, Result

BENCH = "api_server"
OBJECTS = 10_000
WATCHERS = 20
CHANGES = 1_000
WRITERS = 16
STARTS = 5
CRDS = Path(__file__).parent.parent / "charts/virtrigaud/crds"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
PATH = "/apis/infra.virtrigaud.io/v1beta1/namespaces/default/virtualmachines"
MERGE = {"Content-Type": "application/merge-patch+json"}
SPEC = {"providerRef": {"name": "bench"}, "classRef": {"name": "small"}, "imageRef": {"name": "image"}}


def measure(objects: int = OBJECTS) -> list[Result]:
    """Run the benchmark on a server of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-localkube-") as directory, server(Path(directory) / "state") as one:
        return [*ready_times(one), *asyncio.run(load(one, objects))]


@contextmanager
def server(state: Path) -> Iterator[LocalKubeProcess]:
    """Run a server, and end it."""
    process = LocalKubeProcess(state)
    try:
        yield process
    finally:
        process.stop()


def ready_times(process: LocalKubeProcess) -> list[Result]:
    """Start the server several times: from the start of the process to the line that says it is ready."""
    seconds, processor = [], []
    for _ in range(STARTS + 1):
        process.stop()
        begin = time.monotonic()
        process.start()
        seconds.append(time.monotonic() - begin)
        processor.append(processor_seconds(process.pid))
    first, *again = seconds
    return [
        Result(BENCH, "ready, first start", first, "s"),
        Result(BENCH, "ready, median of restarts", median(again), "s", 0.5),
        Result(BENCH, "ready, best of restarts", min(again), "s", 0.5),
        Result(BENCH, "ready, processor time of a restart", median(processor[1:]), "s", 0.5),
    ]


async def load(process: LocalKubeProcess, objects: int) -> list[Result]:
    """Create, list, watch and change objects."""
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=str(process.ca_path)), limit=0)
    headers = {"Authorization": f"Bearer {process.token}", "Content-Type": "application/json"}
    forever = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(process.url, headers=headers, connector=connector, timeout=forever) as session:
        for file in sorted(CRDS.glob("*.yaml")):
            await write(session, "POST", DEFINITIONS, orjson.dumps(yaml.safe_load(file.read_text())))
        create_seconds = await in_parallel(objects, lambda number: create(session, number))
        list_seconds, version = await listed(session)
        change_seconds, behind_seconds = await fan_out(session, version, min(CHANGES, objects))
    return [
        Result(BENCH, f"creates a second, {WRITERS} in flight", objects / create_seconds, "/s", 1000, Better.HIGHER),
        Result(BENCH, f"list of {objects:,}", list_seconds, "s", 1),
        Result(
            BENCH,
            f"changes a second to {WATCHERS} watchers",
            min(CHANGES, objects) / change_seconds,
            "/s",
            better=Better.HIGHER,
        ),
        Result(BENCH, "last watcher behind last change", behind_seconds, "s"),
        Result(BENCH, f"peak RSS, {objects:,} objects", resident_mib(process.pid), "MiB", 150),
    ]


async def in_parallel(count: int, action: Callable[[int], Awaitable[None]]) -> float:
    """Do something count times, some at once, and return the seconds that it took."""
    numbers = iter(range(count))

    async def work() -> None:
        for number in numbers:
            await action(number)

    begin = time.monotonic()
    await asyncio.gather(*(work() for _ in range(WRITERS)))
    return time.monotonic() - begin


async def write(
    session: aiohttp.ClientSession, method: str, path: str, body: bytes, headers: dict[str, str] | None = None
) -> None:
    """Send a write that has to succeed."""
    async with session.request(method, path, data=body, headers=headers) as answer:
        said = await answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {said[:500].decode()}")


async def create(session: aiohttp.ClientSession, number: int) -> None:
    """Create a VirtualMachine."""
    await write(session, "POST", PATH, orjson.dumps({"metadata": {"name": f"vm-{number}"}, "spec": SPEC}))


async def change(session: aiohttp.ClientSession, number: int) -> None:
    """Patch the status of a VirtualMachine."""
    body = orjson.dumps({"status": {"phase": "Running", "id": f"machine-{number}"}})
    await write(session, "PATCH", f"{PATH}/vm-{number}/status", body, MERGE)


async def listed(session: aiohttp.ClientSession) -> tuple[float, str]:
    """List everything; return the seconds and the resourceVersion."""
    begin = time.monotonic()
    async with session.get(PATH) as answer:
        body = await answer.read()
    seconds = time.monotonic() - begin
    return seconds, orjson.loads(body)["metadata"]["resourceVersion"]


async def fan_out(session: aiohttp.ClientSession, version: str, changes: int) -> tuple[float, float]:
    """Change objects under the eyes of watchers; return the seconds of the changes, and how far the last is behind."""
    opened = asyncio.Barrier(WATCHERS + 1)
    watching = [asyncio.create_task(watch(session, version, changes, opened)) for _ in range(WATCHERS)]
    await opened.wait()
    seconds = await in_parallel(changes, lambda number: change(session, number))
    end = time.monotonic()
    await asyncio.gather(*watching)
    return seconds, time.monotonic() - end


async def watch(session: aiohttp.ClientSession, version: str, changes: int, opened: asyncio.Barrier) -> None:
    """Watch until all changes were seen."""
    parameters = {"watch": "true", "resourceVersion": version, "timeoutSeconds": "600"}
    async with session.get(PATH, params=parameters) as events:
        await opened.wait()
        seen = 0
        async for chunk in events.content.iter_any():
            seen += chunk.count(b"\n")
            if seen >= changes:
                return

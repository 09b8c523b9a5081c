"""Call a provider over mutual TLS on one connection, beside an empty grpc.aio handler in the same process.

Rounds of both take turns, so that what else the machine does meets both alike. A rate is calls per second of
CPU time of client and server together, which is what one core does. The empty handler answers nothing to
nothing; it is called with the same deadline, over a connection with the same options.
"""

import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from virtrigaud_api.contract import MachineId
from virtrigaud_api.issuing import new_authority, new_peer_certificate
from virtrigaud_api.wire.certificates import TlsMaterial, secure_channel
from virtrigaud_api.wire.client import ASKING, GrpcProvider

from bench.provider_process import EMPTY_SERVICE, LOOPBACK
from bench.results import Better, Result

import grpc.aio  # isort: skip - after the wire, which sets the floor of TLS

BENCH = "provider_calls"
MACHINES = 10_000
ROUNDS = 40
CALLS_A_ROUND = 960
CALLERS = 64
LISTS = 5
SERVER_NAME = "provider.bench.svc.cluster.local"
CALLS_A_CORE = 3_000
SHARE_OF_EMPTY = 80

Call = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Served:
    """The process that serves, by its pipes, and how to reach it."""

    process: subprocess.Popen[str]
    material: TlsMaterial
    provider_port: int
    empty_port: int

    def channel(self, port: int) -> grpc.aio.Channel:
        """Open one connection of its own."""
        return secure_channel(f"{LOOPBACK}:{port}", self.material, SERVER_NAME)

    def cpu_seconds(self) -> float:
        """Return the CPU time of client and server so far."""
        stdin, stdout = pipes(self.process)
        stdin.write("\n")
        stdin.flush()
        served = float(stdout.readline())
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return served + usage.ru_utime + usage.ru_stime


@dataclass(frozen=True, slots=True)
class Rate:
    """How many calls one round did."""

    a_cpu_second: float
    a_second: float


def measure() -> list[Result]:
    """Run the benchmark in a process pair of its own."""
    with served(MACHINES) as there:
        return asyncio.run(_measure(there))


async def _measure(there: Served) -> list[Result]:
    async with there.channel(there.provider_port) as channel, there.channel(there.empty_port) as empty_channel:
        provider = GrpcProvider(channel)
        machine = MachineId((await provider.machines())[0].id)
        empty: Any = empty_channel.unary_unary(f"/{EMPTY_SERVICE}/Call", bytes, bytes)
        ours, theirs = await rates(
            there, lambda: provider.describe(machine), lambda: empty(b"", timeout=ASKING.total_seconds())
        )
        lists = [await seconds_of(provider.machines) for _ in range(LISTS)]
    share = 100 * median_cpu(ours) / median_cpu(theirs)
    describe = f"describe over mTLS, {CALLERS} callers on one connection"
    return [
        Result(BENCH, describe, median_cpu(ours), "calls/CPU s", CALLS_A_CORE, Better.HIGHER),
        Result(BENCH, "an empty grpc.aio handler, the same way", median_cpu(theirs), "calls/CPU s"),
        Result(
            BENCH,
            "describe as a share of the empty handler",
            share,
            "%",
            SHARE_OF_EMPTY,
            Better.HIGHER,
        ),
        Result(BENCH, f"{describe}, by the clock", statistics.median(rate.a_second for rate in ours), "calls/s"),
        Result(BENCH, f"ListVMs of {MACHINES} machines", statistics.median(lists), "s", 1),
    ]


async def rates(there: Served, call: Call, other: Call) -> tuple[list[Rate], list[Rate]]:
    """Measure rounds of two calls in turns, after one that warms up."""
    pairs = [(await rate_of(there, call), await rate_of(there, other)) for _ in range(ROUNDS + 1)]
    return [pair[0] for pair in pairs[1:]], [pair[1] for pair in pairs[1:]]


async def rate_of(there: Served, call: Call) -> Rate:
    """Make the calls of one round."""
    cpu, clock = there.cpu_seconds(), time.perf_counter()

    async def caller() -> None:
        for _ in range(CALLS_A_ROUND // CALLERS):
            await call()

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    calls = CALLS_A_ROUND // CALLERS * CALLERS
    elapsed = time.perf_counter() - clock
    return Rate(calls / (there.cpu_seconds() - cpu), calls / elapsed)


async def seconds_of(call: Call) -> float:
    """Return how long one call takes."""
    began = time.perf_counter()
    await call()
    return time.perf_counter() - began


def median_cpu(rates: list[Rate]) -> float:
    """Return the median rate by CPU time."""
    return statistics.median(rate.a_cpu_second for rate in rates)


@contextmanager
def served(machines: int) -> Iterator[Served]:
    """Run the process that serves."""
    with tempfile.TemporaryDirectory(prefix="virtrigaud-bench-") as folder:
        material = issue(Path(folder))
        command = [sys.executable, "-m", "bench.provider_process", folder, str(machines)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            ports = json.loads(pipes(process)[1].readline())
            yield Served(process, material, ports["provider"], ports["empty"])
            pipes(process)[0].close()


def issue(mount_root: Path) -> TlsMaterial:
    """Write the server's certificate where a provider finds it, and return the client's identity."""
    authority = new_authority("bench")
    peer = new_peer_certificate(authority, [SERVER_NAME])
    directory = mount_root / "etc/virtrigaud/tls"
    directory.mkdir(parents=True)
    for name, content in {"tls.crt": peer.certificate, "tls.key": peer.key, "ca.crt": authority.certificate}.items():
        (directory / name).write_bytes(content)
    return TlsMaterial(peer.certificate, peer.key, authority.certificate)


def pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    """Return what the process reads and what it writes."""
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the process was started without pipes")
    return process.stdin, process.stdout

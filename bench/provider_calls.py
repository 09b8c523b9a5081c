"""Call a provider over mutual TLS on one connection, beside an empty grpc.aio handler in the same process.

Rounds of all take turns, so that what else the machine does meets them alike. A rate is calls per second of CPU
time of client and server together, which is what one core does; asked are 3,000, or 80 % of what the empty handler
does. That one answers nothing to nothing, with the same deadline over a connection with the same options. The bar
is for the call that a manager makes most: describe of a machine that has not changed. Those of machines that are
built anew and of machines that change between any two looks stand beside it.
"""

import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import IO, Any

from virtrigaud_api.issuing import new_authority, new_peer_certificate
from virtrigaud_api.wire.certificates import TlsMaterial, secure_channel
from virtrigaud_api.wire.client import ASKING, GrpcProvider

from bench.provider_process import DESCRIBED, EMPTY_SERVICE, LOOPBACK, Change
from bench.results import Better, Result

import grpc.aio  # isort: skip - after the wire, which sets the floor of TLS

BENCH = "provider_calls"
MACHINES = 10_000
ROUNDS = 40
WARMING_ROUNDS = 2
CALLS_A_ROUND = 960
CALLERS = 64
LISTS = 5
SERVER_NAME = "provider.bench.svc.cluster.local"
BAR = 80
HOW = f"over mTLS, {CALLERS} callers on one connection"
UNCHANGED = "a machine that has not changed"
OF_EMPTY = "as a share of the empty handler"

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
        empty: Any = empty_channel.unary_unary(f"/{EMPTY_SERVICE}/Call", bytes, bytes)
        calls = [describing(provider, change) for change in Change]
        nothing, *described = await rates(there, (lambda: empty(b"", timeout=ASKING.total_seconds()), *calls))
        lists = [await seconds_of(provider.machines) for _ in range(LISTS)]
    unchanged, rebuilt, changed = described
    return [
        Result(BENCH, f"describe of {UNCHANGED}, {HOW}", median_cpu(unchanged), "calls/CPU s"),
        Result(BENCH, "an empty grpc.aio handler, the same way", median_cpu(nothing), "calls/CPU s"),
        Result(BENCH, f"describe of {UNCHANGED}, {OF_EMPTY}", share(unchanged, nothing), "%", BAR, Better.HIGHER),
        Result(BENCH, f"describe of one that is built anew and equal, {OF_EMPTY}", share(rebuilt, nothing), "%"),
        Result(BENCH, f"describe of one that changes each time, {OF_EMPTY}", share(changed, nothing), "%"),
        Result(BENCH, f"describe of {UNCHANGED}, by the clock", median_clock(unchanged), "calls/s"),
        Result(BENCH, f"ListVMs of {MACHINES} machines", statistics.median(lists), "s", 1),
    ]


def describing(provider: GrpcProvider, change: Change) -> Call:
    """Return a call that describes one machine after the other."""
    machines = cycle([change.machine(number) for number in range(DESCRIBED)])
    return lambda: provider.describe(next(machines))


async def rates(there: Served, calls: Sequence[Call]) -> list[list[Rate]]:
    """Measure rounds of calls in turns, after some in which each machine is described for the first time."""
    rounds = [[await rate_of(there, call) for call in calls] for _ in range(WARMING_ROUNDS + ROUNDS)]
    return [list(of_call) for of_call in zip(*rounds[WARMING_ROUNDS:], strict=True)]


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


def median_cpu(rates: Sequence[Rate]) -> float:
    """Return the median rate by CPU time."""
    return statistics.median(rate.a_cpu_second for rate in rates)


def median_clock(rates: Sequence[Rate]) -> float:
    """Return the median rate by the clock."""
    return statistics.median(rate.a_second for rate in rates)


def share(rates: Sequence[Rate], of: Sequence[Rate]) -> float:
    """Return in per cent what one call does of another, each round compared with the one beside it."""
    pairs = zip(rates, of, strict=True)
    return 100 * statistics.median(rate.a_cpu_second / other.a_cpu_second for rate, other in pairs)


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

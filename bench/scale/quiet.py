"""Thousands of Ready machines and nothing to do: what a minute costs, and what a restart of the manager does."""

import os
import signal
import time
from dataclasses import dataclass

from bench.local_system import LocalSystem, resident_mib
from bench.processor import Meter, processor_seconds

PROVIDER_CALLS = "virtrigaud_provider_rpc_requests_total"
PASSES = "virtrigaud_manager_reconcile_total"
QUEUE_DEPTH = "virtrigaud_queue_depth"
SETTLE_DEADLINE_SECONDS = 300
POLL_SECONDS = 0.2
QUIET_SECONDS = 4


@dataclass(frozen=True, slots=True)
class Quiet:
    """What a time without changes took.

    Attributes:
        share: Percent of one core that the manager used.
    """

    share: float
    writes: float
    calls: float
    resident: float


def steady(system: LocalSystem, seconds: int) -> Quiet:
    """Let nothing happen."""
    meter = Meter.start({"manager": system.pid("manager")})
    writes, calls = system.object_writes(), system.provider_counter(PROVIDER_CALLS)
    time.sleep(seconds)
    used = meter.seconds()["manager"]
    return Quiet(
        share=used / seconds * 100,
        writes=system.object_writes() - writes,
        calls=system.provider_counter(PROVIDER_CALLS) - calls,
        resident=resident_mib(system.pid("manager"), "VmRSS"),
    )


def until_quiet(system: LocalSystem) -> None:
    """Wait until nothing is written any more: the Events of thousands of machines are posted one by one."""
    deadline = time.monotonic() + SETTLE_DEADLINE_SECONDS
    before = -1.0
    while (written := system.object_writes()) != before:
        if time.monotonic() > deadline:
            raise TimeoutError("the manager does not cease to write")
        before = written
        time.sleep(QUIET_SECONDS)


@dataclass(frozen=True, slots=True)
class Settled:
    """How a new manager settled among machines that are Ready already.

    Attributes:
        seconds: From the start of the process to the pass over the last machine.
        peak: The most memory that it took, in MiB.
    """

    seconds: float
    processor: float
    writes: float
    calls: float
    peak: float


def restart(system: LocalSystem, machines: int) -> Settled:
    """End the manager, and wait until the one that follows it has looked at every machine."""
    before = system.pid("manager")
    calls = system.provider_counter(PROVIDER_CALLS)
    os.kill(before, signal.SIGTERM)
    deadline = time.monotonic() + SETTLE_DEADLINE_SECONDS
    while system.pid("manager") == before:
        _wait(deadline, "the manager has not ended")
    began = time.monotonic()
    while not _has_settled(system, machines):
        _wait(deadline, "the manager has not settled")
    seconds = time.monotonic() - began
    pid = system.pid("manager")
    return Settled(
        seconds=seconds,
        processor=processor_seconds(pid),
        writes=system.object_writes(),
        calls=system.provider_counter(PROVIDER_CALLS) - calls,
        peak=resident_mib(pid),
    )


def _has_settled(system: LocalSystem, machines: int) -> bool:
    try:
        return system.manager_counter(PASSES) > machines and system.manager_counter(QUEUE_DEPTH) == 0
    except OSError:  # It does not listen yet.
        return False


def _wait(deadline: float, what: str) -> None:
    if time.monotonic() > deadline:
        raise TimeoutError(what)
    time.sleep(POLL_SECONDS)

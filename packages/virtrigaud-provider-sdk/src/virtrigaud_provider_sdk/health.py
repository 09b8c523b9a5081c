"""The health of a provider is the health of its hypervisor: asked regularly, told to everybody.

`HypervisorHealth` asks `validate()`; the gRPC health service and the HTTP probes tell its last answer.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import structlog
from virtrigaud_api.contract import MachineProvider, ProviderError

from virtrigaud_provider_sdk.metrics import HYPERVISOR_UP
from virtrigaud_provider_sdk.redaction import REDACTION

VALIDATE_LIMIT = timedelta(seconds=30)
FIRST_RETRY = timedelta(seconds=1)
HEARTBEAT = timedelta(seconds=1)

_log = structlog.get_logger("virtrigaud.health")


class Health(StrEnum):
    """How the hypervisor is."""

    UNKNOWN = "unknown"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True, slots=True)
class HealthReport:
    """What is known about the hypervisor, and why."""

    health: Health
    reason: str


class HypervisorHealth:
    """Asks the hypervisor again and again, sooner after a failure, and tells what it found.

    Other threads may read `report`, `draining` and `heartbeat_age`.
    """

    def __init__(
        self,
        provider: MachineProvider,
        *,
        interval: timedelta,
        told: Callable[[HealthReport], Awaitable[None]],
    ) -> None:
        """Prepare to ask.

        Args:
            provider: Whose `validate` is asked.
            interval: Time between two questions while the hypervisor is healthy, and the longest between retries.
            told: Is told each change of health.
        """
        self._provider = provider
        self._interval = interval
        self._told = told
        self._suspected = asyncio.Event()
        self._beat = time.monotonic()
        self.report = HealthReport(Health.UNKNOWN, "the hypervisor has not been asked yet")
        self.draining = False

    def heartbeat_age(self) -> timedelta:
        """Return how long ago the event loop last showed that it runs."""
        return timedelta(seconds=time.monotonic() - self._beat)

    def suspect(self) -> None:
        """Ask soon, because a call met a hypervisor that did not answer well."""
        self._suspected.set()

    async def beat(self) -> None:
        """Show for ever that the event loop runs."""
        while True:
            self._beat = time.monotonic()
            await asyncio.sleep(HEARTBEAT.total_seconds())

    async def watch(self) -> None:
        """Ask for ever."""
        failures = 0
        while True:
            self._suspected.clear()
            report = await self._ask()
            failures = 0 if report.health is Health.HEALTHY else failures + 1
            await self._tell(report)
            await self._pause(failures)

    async def _ask(self) -> HealthReport:
        try:
            async with asyncio.timeout(VALIDATE_LIMIT.total_seconds()):
                await self._provider.validate()
        except TimeoutError:
            return HealthReport(Health.UNHEALTHY, f"no answer within {VALIDATE_LIMIT.total_seconds():g} seconds")
        except ProviderError as error:
            return HealthReport(Health.UNHEALTHY, REDACTION.text(f"{type(error).__name__}: {error.message}"))
        except Exception as error:  # noqa: BLE001 - whatever validate raises, the next question is asked
            _log.error("validate failed for a reason that nobody foresaw", exc_info=error)
            return HealthReport(Health.UNHEALTHY, "validate failed for a reason that nobody foresaw; the log has it")
        return HealthReport(Health.HEALTHY, "the hypervisor answers")

    async def _tell(self, report: HealthReport) -> None:
        HYPERVISOR_UP.set(report.health is Health.HEALTHY)
        if report == self.report:
            return
        if report.health is Health.HEALTHY:
            _log.info("hypervisor is healthy")
        else:
            _log.warning("hypervisor is unhealthy", reason=report.reason)
        self.report = report
        await self._told(report)

    async def _pause(self, failures: int) -> None:
        """Wait for the next question: the interval, a backoff after failures, or until somebody suspects."""
        seconds = self._interval.total_seconds()
        if failures:
            seconds = min(seconds, FIRST_RETRY.total_seconds() * 2 ** min(failures - 1, 16))
        seconds *= random.uniform(0.8, 1.0)  # noqa: S311 - spreads questions over time, protects nothing
        if failures:
            # The backoff alone decides: suspicion of a hypervisor that is known to be dead is no news.
            await asyncio.sleep(seconds)
            return
        soonest = min(seconds, FIRST_RETRY.total_seconds())
        await asyncio.sleep(soonest)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds - soonest):
                await self._suspected.wait()

"""Following one provider: its event stream, or one listing a period where it has none.

Whatever is heard goes to `Machines`, which knows what is news. A stream that ends is opened again with
backoff, and begins with a listing, so that nothing that happened in between is lost.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from virtrigaud_api.contract import (
    MachineEvent,
    MachineEventKind,
    ProviderError,
    TaskRef,
    Unavailable,
    Unsupported,
    Watch,
)

from virtrigaud_manager.providers.machines import Machines

FIRST_RETRY = timedelta(milliseconds=100)
LONGEST_RETRY = timedelta(seconds=5)

log = structlog.get_logger("events")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """Who is told what.

    Attributes:
        task_ended: A task ended, well or not.
        heard: A new stream has begun to speak: whatever was wrong before, the provider answers.
        up: The provider is being followed from now on; it was not before.
        missed: Events may have been missed, although the provider was followed all the time.
        down: It can't be followed, and why.
    """

    task_ended: Callable[[TaskRef], None]
    up: Callable[[], None]
    down: Callable[[ProviderError], None]
    heard: Callable[[], None] = lambda: None
    missed: Callable[[], None] = lambda: None


class Follower:
    """Follows one provider until cancelled.

    Args:
        provider: Streams events if it is a `Watch`.
        period: How often all machines are listed: always without a stream, for safety with one.
    """

    def __init__(
        self,
        name: str,
        provider: object,
        machines: Machines,
        listeners: Listeners,
        *,
        poll_period: timedelta,
        resync_period: timedelta,
    ) -> None:
        self._name = name
        self._watch = provider if isinstance(provider, Watch) else None
        self._machines = machines
        self._listeners = listeners
        self._poll_period = poll_period
        self._resync_period = resync_period
        self._retries = 0
        self._followed = False

    @property
    def streams(self) -> bool:
        """Tell whether the provider streams events, as far as is known."""
        return self._watch is not None

    async def run(self) -> None:
        """Follow the provider, again and again."""
        jitter = random.Random()  # noqa: S311 - spreads retries, guards nothing
        while True:
            try:
                await (self._stream(self._watch) if self._watch is not None else self._poll())
            except Unsupported:
                self._watch = None
                continue
            except ProviderError as error:
                self._lost(error)
            delay = min(FIRST_RETRY * float(1 << min(self._retries, 10)), LONGEST_RETRY)
            self._retries += 1
            await asyncio.sleep(delay.total_seconds() * jitter.uniform(0.8, 1.2))

    def _lost(self, error: ProviderError) -> None:
        self._followed = False
        if self._retries == 0:
            log.warning("the provider can't be followed", provider=self._name, error=str(error))
            self._machines.lose()
            self._listeners.down(error)

    async def _stream(self, watch: Watch) -> None:
        resyncs = asyncio.create_task(self._resync_now_and_then())
        try:
            stream: Any = watch.events()
            async with aclosing(stream):
                async for event in stream:
                    await self._take(event)
        finally:
            resyncs.cancel()
            # Awaiting the task itself could not be told from being cancelled oneself.
            await asyncio.gather(resyncs, return_exceptions=True)
        raise Unavailable(f"{self._name} ended its event stream")

    async def _poll(self) -> None:
        while True:
            await self._resync()
            await asyncio.sleep(self._poll_period.total_seconds())

    async def _take(self, event: MachineEvent) -> None:
        match event.kind:
            case MachineEventKind.RESYNC:
                self._listeners.heard()
                await self._resync()
            case MachineEventKind.TASK_ENDED:
                if event.task is not None:
                    self._listeners.task_ended(event.task)
            case MachineEventKind.CHANGED | MachineEventKind.GONE:
                if event.machine is not None:
                    self._machines.changed(event.machine, event.state)

    async def _resync(self) -> None:
        await self._machines.refresh()
        if self._retries:
            log.info("the provider is followed again", provider=self._name)
        self._retries = 0
        tell = self._listeners.missed if self._followed else self._listeners.up
        self._followed = True
        tell()

    async def _resync_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(self._resync_period.total_seconds())
            with suppress(ProviderError):
                await self._machines.refresh()

"""Keeps programs running: starts each, starts it again with backoff when it dies, stops all at the end.

Used by `local.system`. Which programs there are is `local.parts`.
"""

import asyncio
import logging
import time
from pathlib import Path
from typing import Final

from virtrigaud_cli.processes.backoff import Backoff
from virtrigaud_cli.processes.child_process import ChildProcess
from virtrigaud_cli.processes.process_record import stop_recorded
from virtrigaud_cli.processes.program import Program

logger = logging.getLogger(__name__)

PART_BACKOFF: Final = Backoff(first_seconds=0.1, longest_seconds=10, forgiven_after_seconds=10)


def record_path(records: Path, name: str) -> Path:
    """Where the process of a part is remembered."""
    return records / f"{name}.json"


class Supervisor:
    """The programs that are kept running, in the order of their start."""

    def __init__(self, records: Path) -> None:
        self._records = records
        self._kept: list[tuple[_Keeper, asyncio.Task[None]]] = []

    async def start(self, program: Program) -> None:
        """Run the program from now on."""
        path = record_path(self._records, program.name)
        # A supervisor that was killed leaves its parts running; two API servers on one store would be worse.
        await asyncio.to_thread(stop_recorded, path, grace_seconds=program.stop_grace_seconds)
        keeper = _Keeper(program, path)
        self._kept.append((keeper, asyncio.create_task(keeper.keep())))

    async def stop(self) -> None:
        """Stop every program, the last started first."""
        while self._kept:
            keeper, task = self._kept.pop()
            await keeper.stop()
            await task


class _Keeper:
    """One program that is kept running."""

    def __init__(self, program: Program, path: Path) -> None:
        self._program = program
        self._path = path
        self._child: ChildProcess | None = None
        self._stopping = asyncio.Event()

    async def keep(self) -> None:
        """Run, and run again, until stopped."""
        backoff, restarts = PART_BACKOFF, 0
        while not self._stopping.is_set():
            begun = time.monotonic()
            ended_with = await self._run_once(restarts)
            if self._stopping.is_set():
                return
            backoff, restarts = backoff.after_run_of(time.monotonic() - begun), restarts + 1
            logger.warning(
                "%s ended with %s; starting it again in %.1f s (log: %s)",
                self._program.name, ended_with, backoff.pause_seconds, self._program.log,
            )  # fmt: skip
            await _pause_unless(self._stopping, backoff.pause_seconds)

    async def stop(self) -> None:
        """Stop the program for good."""
        self._stopping.set()
        if self._child is not None:
            await self._child.stop(grace_seconds=self._program.stop_grace_seconds)

    async def _run_once(self, restarts: int) -> str:
        try:
            self._child = await ChildProcess.start(self._program, self._path, restarts=restarts)
        except OSError as error:
            return str(error)
        logger.info("%s runs as process %d", self._program.name, self._child.pid)
        if self._stopping.is_set():
            await self._child.stop(grace_seconds=self._program.stop_grace_seconds)
        code = await self._child.wait()
        return f"signal {-code}" if code < 0 else f"exit code {code}"


async def _pause_unless(stopping: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return

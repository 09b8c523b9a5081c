"""Keeps programs running: starts each, starts it again with backoff when it dies, stops all at the end.

Run by `vrtg up` as a process of its own (or in the foreground). Which programs there are is `local.parts`.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from virtrigaud_cli.processes.backoff import Backoff
from virtrigaud_cli.processes.child_process import ChildProcess
from virtrigaud_cli.processes.process_record import stop_recorded
from virtrigaud_cli.processes.program import Program

logger = logging.getLogger(__name__)

PART_BACKOFF: Final = Backoff(first_seconds=0.1, longest_seconds=10, forgiven_after_seconds=10)
STOP_GRACE_SECONDS: Final = 15.0


def record_path(records: Path, name: str) -> Path:
    """Where the process of a part is remembered."""
    return records / f"{name}.json"


async def supervise(programs: Sequence[Program], records: Path, until: asyncio.Event) -> None:
    """Run the programs until the event is set, then stop them, last started first."""
    for program in programs:
        # A supervisor that was killed leaves its parts running; two API servers on one store would be worse.
        await asyncio.to_thread(stop_recorded, record_path(records, program.name), grace_seconds=STOP_GRACE_SECONDS)
    keepers = [_Keeper(program, record_path(records, program.name)) for program in programs]
    tasks = [asyncio.create_task(keeper.keep()) for keeper in keepers]
    await until.wait()
    for keeper, task in reversed(list(zip(keepers, tasks, strict=True))):
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
            await self._child.stop(grace_seconds=STOP_GRACE_SECONDS)

    async def _run_once(self, restarts: int) -> str:
        try:
            self._child = await ChildProcess.start(self._program, self._path, restarts=restarts)
        except OSError as error:
            return str(error)
        logger.info("%s runs as process %d", self._program.name, self._child.pid)
        if self._stopping.is_set():
            await self._child.stop(grace_seconds=STOP_GRACE_SECONDS)
        code = await self._child.wait()
        return f"signal {-code}" if code < 0 else f"exit code {code}"


async def _pause_unless(stopping: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return

"""A running child of ours: started in a process group of its own, waited for, stopped within a grace.

Used by the supervisor for the parts and by the pod runner for provider processes.
"""

import asyncio
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from virtrigaud_cli.processes.process_record import ProcessRecord
from virtrigaud_cli.processes.program import Program

LARGEST_LOG_BYTES: Final = 16 * 2**20


@dataclass(frozen=True, slots=True)
class ChildProcess:
    """A process that we started and have to stop."""

    program: Program
    process: asyncio.subprocess.Process
    record_path: Path

    @classmethod
    async def start(cls, program: Program, record_path: Path, *, restarts: int = 0) -> Self:
        """Start the program and remember it in the record file.

        Raises:
            OSError: the program can't be started.
        """
        program.log.parent.mkdir(parents=True, exist_ok=True)
        _keep_log_bounded(program.log)
        descriptor = os.open(program.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            process = await asyncio.create_subprocess_exec(
                *program.arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                env=dict(program.environment),
                cwd=program.folder,
                start_new_session=True,
            )
        finally:
            os.close(descriptor)
        ProcessRecord.of(program.name, process.pid, restarts=restarts).write(record_path)
        return cls(program, process, record_path)

    @property
    def pid(self) -> int:
        """The process number."""
        return self.process.pid

    async def wait(self) -> int:
        """Wait for the end; a negative number is the signal that ended it."""
        return await self.process.wait()

    async def stop(self, *, grace_seconds: float) -> int:
        """Ask the process to end, kill its group when it does not, and wait."""
        self._signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self.wait(), grace_seconds)
        except TimeoutError:
            self._signal_group(signal.SIGKILL)
            return await self.wait()
        finally:
            self._signal_group(signal.SIGKILL)
            self.record_path.unlink(missing_ok=True)

    def kill(self) -> None:
        """End the process without asking, as a failed liveness probe demands at the end of its grace."""
        self._signal_group(signal.SIGKILL)

    def _signal(self, signal_number: int) -> None:
        if self.process.returncode is None:
            self.process.send_signal(signal_number)

    def _signal_group(self, signal_number: int) -> None:
        # The group outlives its leader while a grandchild runs; its number is not reused until it is empty.
        try:
            os.killpg(self.process.pid, signal_number)
        except (ProcessLookupError, PermissionError):
            return


def _keep_log_bounded(log: Path) -> None:
    if log.exists() and log.stat().st_size > LARGEST_LOG_BYTES:
        log.replace(log.with_suffix(".previous.log"))

"""`vrtg up` and `vrtg down`: starts the supervisor once, waits until every part answers, stops it again.

Idempotent: a system that is up is left alone, one whose supervisor was killed is taken over.
"""

import fcntl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.local.local_state import SUPERVISOR, LocalState
from virtrigaud_cli.local.parts import PART_NAMES, POD_RUNNER_GRACE_SECONDS
from virtrigaud_cli.local.readiness import PartCondition, PartReport, part_reports
from virtrigaud_cli.processes.process_record import ProcessRecord, stop_recorded

START_DEADLINE_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.05
STOP_GRACE_SECONDS: Final = POD_RUNNER_GRACE_SECONDS + 30
LOG_LINES_SHOWN: Final = 12
# By then the pauses between starts have grown past a second.
HOPELESS_RESTARTS: Final = 4

Progress = Callable[[tuple[PartReport, ...]], None]


@dataclass(frozen=True, slots=True)
class Started:
    """What `up` did."""

    was_up_already: bool
    seconds: float


def start_system(state: LocalState, progress: Progress) -> Started:
    """Have the system run and answer.

    Raises:
        CommandFailed: a part did not come up; the message ends with its last words.
    """
    state.create()
    begun = time.monotonic()
    with _locked(state):
        was_up = is_up(state)
        if not was_up:
            # What a killed supervisor left would answer for a moment and be stopped by the next one.
            _stop_parts(state)
            _start_supervisor(state)
        try:
            _wait_until_ready(state, progress)
        except BaseException:
            if not was_up:
                _stop_all(state)
            raise
    return Started(was_up, time.monotonic() - begun)


def stop_system(state: LocalState) -> bool:
    """Stop everything that belongs to the folder; says whether anything ran."""
    if not state.folder.exists():
        return False
    with _locked(state):
        return _stop_all(state)


def _stop_all(state: LocalState) -> bool:
    """Stop the supervisor and what it may have left; says whether anything ran."""
    ran = is_up(state)
    stop_recorded(state.record(SUPERVISOR), grace_seconds=STOP_GRACE_SECONDS)
    return _stop_parts(state) or ran


def _stop_parts(state: LocalState) -> bool:
    """Stop the parts that run without a supervisor, as after a kill of it; says whether any did."""
    records = [state.record(name) for name in reversed(PART_NAMES)]
    records += sorted(state.folder.glob("pods/*/process.json"))
    left = [stop_recorded(record, grace_seconds=STOP_GRACE_SECONDS) for record in records]
    return any(record is not None for record in left)


def is_up(state: LocalState) -> bool:
    """Whether the supervisor runs."""
    record = ProcessRecord.read(state.record(SUPERVISOR))
    return record is not None and record.is_alive


def last_lines(log: Path, count: int = LOG_LINES_SHOWN) -> list[str]:
    """The end of a log file."""
    try:
        return log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
    except OSError:
        return []


def _start_supervisor(state: LocalState) -> None:
    with state.log(SUPERVISOR).open("ab") as log:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "virtrigaud_cli.local", str(state.folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    ProcessRecord.of(SUPERVISOR, process.pid).write(state.record(SUPERVISOR))


def _wait_until_ready(state: LocalState, progress: Progress) -> None:
    deadline = time.monotonic() + START_DEADLINE_SECONDS
    while True:
        reports = tuple(part_reports(state))
        progress(reports)
        missing = [report for report in reports if report.condition is not PartCondition.READY]
        if not missing:
            return
        if not is_up(state):
            raise _not_up(state, "the supervisor ended", SUPERVISOR)
        if any(report.restarts >= HOPELESS_RESTARTS and report.pid is None for report in missing):
            raise _not_up(state, f"the {missing[0].name} ends as soon as it is started", missing[0].name)
        if time.monotonic() >= deadline:
            raise _not_up(state, f"the {missing[0].name} is {missing[0].condition.value}", missing[0].name)
        time.sleep(POLL_SECONDS)


def _not_up(state: LocalState, what: str, part: str) -> CommandFailed:
    log = state.log(part)
    words = "\n".join(f"    {line}" for line in last_lines(log))
    return CommandFailed(
        f"the local system did not come up: {what}\n{words}".rstrip(),
        advice=f"the whole log is {log}; nothing was left running, and vrtg up tries again",
    )


@contextmanager
def _locked(state: LocalState) -> Iterator[None]:
    with state.lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

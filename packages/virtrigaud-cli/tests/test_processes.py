"""Processes are known by pid and start, restarted when they die, and stopped with their children."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from polling import eventually
from virtrigaud_cli.processes.backoff import Backoff
from virtrigaud_cli.processes.child_process import ChildProcess
from virtrigaud_cli.processes.process_identity import ProcessIdentity, identity_of
from virtrigaud_cli.processes.process_record import ProcessRecord, stop_recorded
from virtrigaud_cli.processes.program import Program
from virtrigaud_cli.processes.supervisor import Supervisor

SLEEP = "import time; time.sleep(300)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(300)"
)
PARENT = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, '-c', {SLEEP!r}])
print(child.pid, flush=True)
child.wait()
"""


def program(tmp_path: Path, code: str, name: str = "part") -> Program:
    arguments = (sys.executable, "-c", code)
    return Program(name, arguments, tmp_path / f"{name}.log", {"PATH": os.environ["PATH"]}, stop_grace_seconds=0.5)


def test_a_process_is_never_mistaken_for_a_later_one_with_its_number() -> None:
    own = identity_of(os.getpid())
    assert own is not None

    stranger = replace(own, started="1")

    assert own.is_alive
    assert not stranger.is_alive
    assert not stranger.send(signal.SIGTERM)
    assert not stranger.send_to_group(signal.SIGTERM)


def test_a_process_that_ended_is_not_alive_even_before_it_is_reaped() -> None:
    child = subprocess.Popen([sys.executable, "-c", SLEEP])
    identity = identity_of(child.pid)
    assert identity is not None
    child.kill()

    eventually(lambda: not identity.is_alive)

    assert child.wait() == -signal.SIGKILL


def test_a_record_survives_writing_and_reading(tmp_path: Path) -> None:
    record = ProcessRecord.of("part", os.getpid(), restarts=2)
    record.write(tmp_path / "deep" / "part.json")

    assert ProcessRecord.read(tmp_path / "deep" / "part.json") == record
    assert record.is_alive


@pytest.mark.parametrize("text", ["", "{", '{"name": "x"}', "[]"])
def test_a_record_that_makes_no_sense_is_no_record(tmp_path: Path, text: str) -> None:
    (tmp_path / "part.json").write_text(text)

    assert ProcessRecord.read(tmp_path / "part.json") is None


def test_a_recorded_process_that_ignores_the_request_is_killed(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE, start_new_session=True)
    assert child.stdout is not None
    assert child.stdout.readline() == b"up\n"
    ProcessRecord.of("part", child.pid).write(tmp_path / "part.json")

    stopped = stop_recorded(tmp_path / "part.json", grace_seconds=0.3)

    assert stopped is not None
    assert child.wait() == -signal.SIGKILL
    child.stdout.close()
    assert not (tmp_path / "part.json").exists()


def test_a_record_of_another_process_stops_nothing(tmp_path: Path) -> None:
    ProcessRecord("part", os.getpid(), "1").write(tmp_path / "part.json")

    assert stop_recorded(tmp_path / "part.json", grace_seconds=0.1) is None

    assert not (tmp_path / "part.json").exists()


async def test_a_child_is_stopped_with_its_children(tmp_path: Path) -> None:
    child = await ChildProcess.start(program(tmp_path, PARENT), tmp_path / "part.json")
    line = await asyncio.to_thread(eventually, lambda: (tmp_path / "part.log").read_text().strip())
    grandchild = identity_of(int(line))
    assert grandchild is not None

    code = await child.stop(grace_seconds=5)

    assert code == -signal.SIGTERM
    await asyncio.to_thread(eventually, lambda: not grandchild.is_alive)
    assert not (tmp_path / "part.json").exists()


async def test_l31_a_log_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    child = await ChildProcess.start(program(tmp_path, "print('word')"), tmp_path / "part.json")

    assert await child.wait() == 0
    assert (tmp_path / "part.log").read_text() == "word\n"
    assert (tmp_path / "part.log").stat().st_mode & 0o777 == 0o600


async def test_a_part_that_is_killed_runs_again_and_counts_it(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    await supervisor.start(program(tmp_path, SLEEP))
    first = await asyncio.to_thread(running_record, tmp_path / "part.json", 0)

    os.kill(first.pid, signal.SIGKILL)
    second = await asyncio.to_thread(running_record, tmp_path / "part.json", 1)
    await supervisor.stop()

    assert second.pid != first.pid
    assert not second.is_alive
    assert not (tmp_path / "part.json").exists()


async def test_a_part_that_a_killed_supervisor_left_is_stopped_first(tmp_path: Path) -> None:
    left = await asyncio.create_subprocess_exec(sys.executable, "-c", SLEEP, start_new_session=True)
    ProcessRecord.of("part", left.pid).write(tmp_path / "part.json")
    supervisor = Supervisor(tmp_path)

    await supervisor.start(program(tmp_path, SLEEP))
    fresh = await asyncio.to_thread(running_record, tmp_path / "part.json", 0)
    await supervisor.stop()

    assert await left.wait() == -signal.SIGTERM
    assert fresh.pid != left.pid


async def test_a_program_that_does_not_exist_is_tried_again_until_stopped(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    await supervisor.start(replace(program(tmp_path, ""), arguments=(str(tmp_path / "absent"),)))

    await supervisor.stop()

    assert not (tmp_path / "part.json").exists()


def test_pauses_double_up_to_the_longest_and_are_forgiven() -> None:
    backoff = Backoff(first_seconds=1, longest_seconds=5, forgiven_after_seconds=10)
    pauses = []
    for run in (0, 0, 0, 0, 60):
        backoff = backoff.after_run_of(run)
        pauses.append(backoff.pause_seconds)

    assert pauses == [1, 2, 4, 5, 1]


def running_record(path: Path, restarts: int) -> ProcessRecord:
    record = eventually(
        lambda: ProcessRecord.read(path),
        lambda seen: seen is not None and seen.is_alive and seen.restarts == restarts,
    )
    assert record is not None
    return record


def test_an_unknown_number_has_no_identity() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()

    assert identity_of(child.pid) is None
    assert not ProcessIdentity(child.pid, "").send(0)

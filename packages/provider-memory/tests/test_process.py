"""The provider as a process: what its user types, and what a crash leaves."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import grpc
import pytest
from memory_specs import NO_GRACE, ended, spec_of
from virtrigaud_api.contract import MachineId, MachineSpec, NotFound, PowerState, PowerVerb, Unavailable, WrongState
from virtrigaud_api.wire.certificates import plaintext_channel
from virtrigaud_api.wire.client import GrpcProvider

ADDRESS = "127.43.1.1"
MODULE = "virtrigaud_provider_memory"

Start = Callable[..., subprocess.Popen[bytes]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def start(tmp_path: Path, port: int) -> Iterator[Start]:
    """Start provider processes, and stop them by their ids."""
    processes: list[subprocess.Popen[bytes]] = []

    def run(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        flags = ["--bind-address", ADDRESS, "--port", str(port), "--health-port", "0", "--mount-root", str(tmp_path)]
        process = subprocess.Popen(
            [sys.executable, "-m", MODULE, *flags, *arguments],
            env={**os.environ, "VIRTRIGAUD_PROVIDER_INSECURE": "true", **environment},
            stderr=subprocess.PIPE,
        )
        processes.append(process)
        return process

    yield run
    for process in processes:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate()


async def connected(channel: grpc.aio.Channel) -> GrpcProvider:
    async with asyncio.timeout(20):
        while True:
            try:
                await GrpcProvider(channel).validate()
            except Unavailable:
                await asyncio.sleep(0.05)
            else:
                return GrpcProvider(channel)


async def test_machines_outlive_a_process_that_is_killed(start: Start, port: int, tmp_path: Path) -> None:
    state = f"{tmp_path}/hypervisor"
    first = start("--state", state, "--durations", "power=0.02,delete=3600")
    async with plaintext_channel(f"{ADDRESS}:{port}") as channel:
        provider = await connected(channel)
        machine = (await provider.create(spec_of())).machine or MachineId("")
        await ended(provider, await provider.power(machine, PowerVerb.ON, NO_GRACE))  # type: ignore[arg-type]
        deleting = (await provider.delete(machine)).task
        before = await provider.machines()
        first.send_signal(signal.SIGKILL)
        first.wait()
        start("--state", state)
        provider = await connected(channel)
        assert deleting is not None
        interrupted = await provider.task(deleting)
        assert interrupted.done
        assert isinstance(interrupted.error, WrongState)
        assert "ended with the process that ran it: look at the machine again" in interrupted.error.message
        assert await provider.machines() == before
        assert before[0].power is PowerState.ON
        assert (await provider.create(spec_of())).machine == machine


async def test_l39_a_task_that_ended_is_known_to_the_process_after_a_kill(
    start: Start, port: int, tmp_path: Path
) -> None:
    state = f"{tmp_path}/hypervisor"
    first = start("--state", state, "--task-duration", "0.02")
    async with plaintext_channel(f"{ADDRESS}:{port}") as channel:
        provider = await connected(channel)
        created = await provider.create(spec_of())
        outcome = await ended(provider, created)
        first.kill()
        first.wait()
        start("--state", state)
        provider = await connected(channel)
        assert created.task is not None
        assert await provider.task(created.task) == outcome


async def test_without_a_state_file_no_task_outlives_the_process(start: Start, port: int) -> None:
    first = start("--task-duration", "3600")
    async with plaintext_channel(f"{ADDRESS}:{port}") as channel:
        provider = await connected(channel)
        creating = (await provider.create(spec_of())).task
        first.kill()
        first.wait()
        start()
        provider = await connected(channel)
        assert creating is not None
        with pytest.raises(NotFound, match="look at the machine"):
            await provider.task(creating)


@pytest.mark.parametrize("acknowledged", [1, 37, 120])
async def test_l08_a_process_that_is_killed_loses_no_machine_that_it_acknowledged(
    start: Start, port: int, tmp_path: Path, acknowledged: int
) -> None:
    state = f"{tmp_path}/hypervisor"
    specs = [spec_of(f"machine-{number}") for number in range(200)]
    first = start("--state", state)
    made: dict[str, MachineId | None] = {}
    async with plaintext_channel(f"{ADDRESS}:{port}") as channel:
        provider = await connected(channel)

        async def create(spec: MachineSpec) -> None:
            made[spec.name] = (await provider.create(spec)).machine
            if len(made) == acknowledged:
                first.kill()

        await asyncio.gather(*map(create, specs), return_exceptions=True)
        first.wait()
        start("--state", state)
        provider = await connected(channel)
        survivors = {machine.name: machine.id for machine in await provider.machines()}
        assert made.items() <= survivors.items()
        again = {spec.name: (await provider.create(spec)).machine for spec in specs}
        assert survivors.items() <= again.items()
        assert len(await provider.machines()) == len(set(again.values())) == len(specs)


async def test_a_provider_that_is_told_to_stop_ends_in_order(start: Start, port: int) -> None:
    process = start("--endpoint", "memory://demo", "--log-format", "json")
    async with plaintext_channel(f"{ADDRESS}:{port}") as channel:
        await connected(channel)
    process.terminate()
    _, log = await asyncio.to_thread(process.communicate, timeout=20)
    assert process.returncode == 0, log.decode()


def test_a_setting_that_is_wrong_is_named(start: Start) -> None:
    process = start("--endpoint", "qemu:///system", "--faults", "{")
    _, message = process.communicate(timeout=20)
    assert process.returncode == 2
    assert b"--endpoint (PROVIDER_ENDPOINT)" in message
    assert b"--faults (VIRTRIGAUD_MEMORY_FAULTS)" in message


def test_a_state_file_that_is_in_use_stops_the_start(start: Start, tmp_path: Path) -> None:
    process = start("--state", f"{tmp_path}/missing/hypervisor")
    _, message = process.communicate(timeout=20)
    assert process.returncode == 1
    assert b"cannot open state file" in message


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_the_console_script_introduces_itself(flag: str) -> None:
    script = Path(sys.executable).with_name("virtrigaud-provider-memory")
    answer = subprocess.run([script, flag], capture_output=True, text=True, check=True, timeout=20)
    assert "virtrigaud-provider-memory" in answer.stdout

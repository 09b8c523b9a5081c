"""The provider as a process, over mutual TLS: what its user types, the conformance suite, and no secret anywhere."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from image_server import Open, web_server
from real_machines import IMAGE, Lab, spec_of
from server_certificates import SERVER_NAME, write_tls_files
from virtrigaud_api.contract import GuestData, PowerState, PowerVerb, Unavailable
from virtrigaud_api.tls_secret import TLS_AUTHORITY, TLS_CERTIFICATE, TLS_PRIVATE_KEY
from virtrigaud_api.wire.certificates import TlsMaterial, secure_channel
from virtrigaud_api.wire.client import GrpcProvider

HOST = "127.44.1.1"
SUITE = "virtrigaud_provider_sdk.conformance.suite"


@dataclass(kw_only=True)
class Process:
    """A running provider, and the one that follows it after a kill."""

    port: int
    tls: Path
    log: Path
    environment: dict[str, str]
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        script = Path(sys.executable).with_name("virtrigaud-provider-libvirt")
        command = [script, "--bind-address", HOST, "--port", str(self.port), "--health-port", "0"]
        with self.log.open("ab") as output:
            self.running = subprocess.Popen(command, env=self.environment, stdout=output, stderr=output)

    def kill(self) -> None:
        if self.running is not None:
            self.running.kill()
            self.running.wait(30)

    def material(self) -> TlsMaterial:
        return TlsMaterial(
            certificate=(self.tls / TLS_CERTIFICATE).read_bytes(),
            key=(self.tls / TLS_PRIVATE_KEY).read_bytes(),
            ca=(self.tls / TLS_AUTHORITY).read_bytes(),
        )


@pytest.fixture
def process(lab: Lab, tmp_path: Path) -> Iterator[Process]:
    """Start the console script as a pod would, and stop it by its id."""
    tls, log = tmp_path / "etc" / "virtrigaud" / "tls", tmp_path / "log"
    write_tls_files(tls)
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    environment = {
        **os.environ,
        "PROVIDER_ENDPOINT": lab.uri,
        "PROVIDER_DEFAULT_DATASTORE": lab.pool,
        "PROVIDER_DEFAULT_NETWORK": lab.network,
        "VIRTRIGAUD_MOUNT_ROOT": str(tmp_path),
        "LOG_LEVEL": "debug",
    }
    process = Process(port=port, tls=tls, log=log, environment=environment)
    process.start()
    yield process
    if process.running is not None:
        process.running.terminate()
        assert process.running.wait(30) == 0


@pytest.mark.timeout(600)
def test_the_conformance_suite_passes_over_mutual_tls(process: Process, lab: Lab) -> None:
    options = {
        "address": f"{HOST}:{process.port}",
        "tls": str(process.tls),
        "server-name": SERVER_NAME,
        "image": f"path:{IMAGE}",
        "image-format": "qcow2",
        "network": lab.network,
        "memory": "128",
        "task-seconds": "60",
        "boot-seconds": "90",
        "grace-seconds": "8",
    }
    with web_server(Path(lab.pool_folder), Open) as address:
        options["image-url"] = f"{address}/{IMAGE}"
        words = [f"--provider-{name}={value}" for name, value in options.items()]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=short", "--pyargs", SUITE, *words],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-8000:]
    assert lab.files() == {IMAGE}


async def test_l31_user_data_is_in_no_log_and_no_argument(process: Process) -> None:
    canary = "canary-0815-4711"
    data = GuestData(user_data=f"#cloud-config\nhostname: {canary}\n".encode(), ignition=f'"{canary}"'.encode())
    async with secure_channel(f"{HOST}:{process.port}", process.material(), SERVER_NAME) as channel:
        provider = GrpcProvider(channel)
        async with asyncio.timeout(60):
            await until_it_answers(provider)
        machine = (await provider.create(replace(spec_of("canary"), guest=data))).machine
        assert machine is not None
        await provider.power(machine, PowerVerb.ON, timedelta())
        state = await provider.describe(machine)
        arguments = await asyncio.to_thread(arguments_of_all_processes)
        await provider.delete(machine)
    assert b"tests.canary" in arguments
    assert canary.encode() not in arguments
    assert canary not in repr(state)
    log = process.log.read_text()
    assert "tests/canary" in log or machine in log
    assert canary not in log


async def test_l39_a_guest_that_shuts_down_is_followed_after_the_provider_was_killed(process: Process) -> None:
    async with secure_channel(f"{HOST}:{process.port}", process.material(), SERVER_NAME) as channel:
        provider = GrpcProvider(channel)
        async with asyncio.timeout(60):
            await until_it_answers(provider)
        machine = (await provider.create(spec_of("followed"))).machine
        assert machine is not None
        await provider.power(machine, PowerVerb.ON, timedelta())
        # Right after power on there is no operating system that could react: the end of the grace is the end.
        task = (await provider.power(machine, PowerVerb.SHUTDOWN, timedelta(seconds=3))).task
        assert task is not None
        process.kill()
        process.start()
        async with asyncio.timeout(60):
            await until_it_answers(provider)
            while not (state := await provider.task(task)).done:  # noqa: ASYNC110 - the port is asked, as its users do
                await asyncio.sleep(0.1)
        seen = await provider.describe(machine)
        await provider.delete(machine)
    assert (state.error, state.machine) == (None, machine)
    assert seen is not None
    assert seen.power is PowerState.OFF


async def until_it_answers(provider: GrpcProvider) -> None:
    while True:
        with suppress(Unavailable):
            return await provider.validate()
        await asyncio.sleep(0.1)


def arguments_of_all_processes() -> bytes:
    return b"".join(map(arguments_of, Path("/proc").glob("[0-9]*")))


def arguments_of(process: Path) -> bytes:
    with suppress(OSError):
        return (process / "cmdline").read_bytes()
    return b""


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_the_console_script_introduces_itself(flag: str) -> None:
    script = Path(sys.executable).with_name("virtrigaud-provider-libvirt")
    answer = subprocess.run([script, flag], capture_output=True, text=True, check=True, timeout=20)
    assert "virtrigaud-provider-libvirt" in answer.stdout

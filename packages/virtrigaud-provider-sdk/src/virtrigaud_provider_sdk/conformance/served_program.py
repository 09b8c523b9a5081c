"""A provider's program as a process of its own, served over mutual TLS on loopback for one run of the suite.

The option `--provider-program` starts it. Certificates are made for the run, of an authority that nobody else
trusts; the process gets them as a pod would, below a mount root of its own.
"""

import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

from virtrigaud_api.tls_secret import TLS_AUTHORITY, TLS_CERTIFICATE, TLS_PRIVATE_KEY
from virtrigaud_api.wire.certificates import TlsMaterial

from virtrigaud_provider_sdk.conformance.address import Address
from virtrigaud_provider_sdk.conformance.private_identity import new_identity
from virtrigaud_provider_sdk.settings import CREDENTIALS_MOUNT, SCRATCH_MOUNT, TLS_MOUNT, ProviderSettings

LOOPBACK: Final = "127.0.0.1"
SERVER_NAME: Final = "provider.conformance.test"
START_PATIENCE: Final = timedelta(seconds=60)
STOP_PATIENCE: Final = timedelta(seconds=30)
_PAUSE_SECONDS: Final = 0.02
_SHOWN_LINES: Final = 30


class ProgramFailed(Exception):
    """The program did not come to serve; the message says what it said."""


@contextmanager
def served_program(command: str) -> Iterator[Address]:
    """Start a program, wait until it listens, and stop it at the end.

    Args:
        command: The program and its own flags, as typed; a name without a directory is looked for beside this
            Python first. Flags of address, ports and mount root are added.

    Raises:
        ProgramFailed: It is not there, it ended, or it does not listen in time.
    """
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        root = Path(folder)
        material = _mount(root)
        port, health_port = _free_ports()
        flags = ("--bind-address", LOOPBACK, "--port", port, "--health-port", health_port, "--mount-root", root)
        log = root / "log"
        with log.open("wb") as output:
            process = _start([*_program(command), *map(str, flags)], output.fileno())
        try:
            _await_listener(process, port, log)
            yield Address(
                target=f"{LOOPBACK}:{port}",
                material=material,
                server_name=SERVER_NAME,
                metrics=f"http://{LOOPBACK}:{health_port}/metrics",
            )
        finally:
            _stop(process)


def _program(command: str) -> list[str]:
    words = shlex.split(command)
    if not words:
        raise ProgramFailed("--provider-program names no program")
    beside = Path(sys.executable).parent / words[0]
    found = str(beside) if beside.is_file() else shutil.which(words[0])
    if found is None:
        raise ProgramFailed(f"there is no program {words[0]}, neither beside {sys.executable} nor on the PATH")
    return [found, *words[1:]]


def _start(words: list[str], output: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(words, stdout=output, stderr=output, stdin=subprocess.DEVNULL)  # noqa: S603 - no shell
    except OSError as error:
        raise ProgramFailed(f"cannot start {words[0]}: {error.strerror}") from error


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_PATIENCE.total_seconds())
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _await_listener(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_PATIENCE.total_seconds()
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as client:
            if client.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(_PAUSE_SECONDS)
    status = process.poll()
    ended = "does not listen" if status is None else f"ended with status {status}"
    said = "\n".join(log.read_text(errors="replace").splitlines()[-_SHOWN_LINES:])
    raise ProgramFailed(f"the program of --provider-program {ended}; it said:\n{said or '(nothing)'}")


def _mount(root: Path) -> TlsMaterial:
    """Give the process what a pod would have: TLS files, scratch space, and the credentials of this environment."""
    (root / SCRATCH_MOUNT).mkdir()
    tls = root / TLS_MOUNT
    tls.mkdir(parents=True)
    material = new_identity(SERVER_NAME)
    contents = {TLS_CERTIFICATE: material.certificate, TLS_PRIVATE_KEY: material.key, TLS_AUTHORITY: material.ca}
    for name, content in contents.items():
        with os.fdopen(os.open(tls / name, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(content)
    credentials = ProviderSettings().credentials_directory
    if credentials.is_dir():
        (root / CREDENTIALS_MOUNT).symlink_to(credentials.resolve())
    return material


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind((LOOPBACK, 0))
        other.bind((LOOPBACK, 0))
        return int(one.getsockname()[1]), int(other.getsockname()[1])

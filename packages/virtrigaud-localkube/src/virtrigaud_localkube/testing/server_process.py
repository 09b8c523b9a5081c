"""A server in a process of its own, for tests and for whoever wants to outlive a crash of it."""

import hashlib
import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from virtrigaud_localkube import credentials
from virtrigaud_localkube.kubeconfig import user_kubeconfig
from virtrigaud_localkube.settings import KUBECONFIG

_READY_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 10.0
_ANY_PORT: Final = "127.0.0.1:0"


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class LocalKubeProcess:
    """Starts, stops, kills and restarts one server. A restart keeps state, address and credentials."""

    def __init__(self, data_dir: Path, *, listen: str = _ANY_PORT, uses_tls: bool = True) -> None:
        self._data_dir = data_dir
        self._listen = listen
        self._uses_tls = uses_tls
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    @property
    def kubeconfig(self) -> Path:
        """The file that clients find the server with."""
        return self._data_dir / KUBECONFIG

    def kubeconfig_for(self, user: str, *groups: str) -> Path:
        """A kubeconfig for any user: what a test of roles and least privilege acts with."""
        text = user_kubeconfig(self._data_dir, self.kubeconfig, user, groups)
        path = self._data_dir / f"kubeconfig-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        credentials.write_private(path, text)
        return path

    @property
    def ca_path(self) -> Path:
        """The certificate that clients verify the server with."""
        return credentials.authority_file(self._data_dir)

    @property
    def token(self) -> str:
        """The administrator's bearer token."""
        return credentials.token_file(self._data_dir).read_text().strip()

    @property
    def pid(self) -> int:
        """The id of the running process."""
        return self._running().pid

    def start(self) -> None:
        """Starts the server and returns when it is ready.

        Raises:
            RuntimeError: It ended or said nothing; its output is in the message.
        """
        command = [sys.executable, "-m", "virtrigaud_localkube"]
        command += ["--data-dir", str(self._data_dir), "--listen", self._listen]
        if not self._uses_tls:
            command.append("--insecure-http")
        self._data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(self._data_dir / "server.log", "ab", opener=_open_private) as log:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)  # noqa: S603 - our own module
        try:
            self.url = self._read_ready_line(time.monotonic() + _READY_SECONDS)
        except BaseException:
            self.kill()
            raise
        self._listen = self.url.split("://", 1)[1]

    def stop(self) -> None:
        """Lets the server finish and waits for its end."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kills the server where it stands."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Starts the server again, after stopping it if it still runs."""
        if self._process is not None:
            self.stop()
        self.start()

    def log(self) -> str:
        """What the server wrote to its standard error so far."""
        return (self._data_dir / "server.log").read_text()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise RuntimeError("the server is not running: call start() first")
        return self._process

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(number)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()

    def _read_ready_line(self, deadline: float) -> str:
        """Reads the address from the line that the server prints when it is ready."""
        output = self._running().stdout
        if output is None:
            raise RuntimeError("the output of the server is not connected")
        line = b""
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            while not line.endswith(b"\n") and selector.select(max(0.0, deadline - time.monotonic())):
                chunk = os.read(output.fileno(), 4096)
                line += chunk
                if not chunk:
                    break
        words = line.decode().split()
        if "at" not in words:
            raise RuntimeError(f"the server did not become ready: {line.decode()}{self.log()}")
        return words[words.index("at") + 1]

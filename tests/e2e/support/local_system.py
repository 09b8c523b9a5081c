"""A whole local system for tests: what `vrtg up` starts, in a folder of the test's own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from virtrigaud_cli.kube.blocking import BlockingApi
from virtrigaud_cli.kube.connection import read_connection
from virtrigaud_cli.local.local_state import LocalState
from virtrigaud_cli.local.starting import start_system, stop_system
from virtrigaud_cli.processes.process_identity import ProcessIdentity, identity_of
from virtrigaud_cli.processes.process_record import ProcessRecord

from tests.e2e.support.polling import eventually

KUBECTL = Path(sys.executable).parent / "kubectl"


@dataclass(slots=True)
class LocalSystem:
    """API server, manager and pod runner, kept running by the supervisor."""

    folder: Path
    state: LocalState = field(init=False)

    def __post_init__(self) -> None:
        self.state = LocalState(self.folder.resolve())

    def up(self) -> None:
        start_system(self.state, lambda _: None)

    def down(self) -> None:
        stop_system(self.state)

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Up, and down again whatever happens."""
        try:
            self.up()
            yield self
        finally:
            self.down()

    @property
    def api(self) -> BlockingApi:
        return BlockingApi(read_connection(self.state.kubeconfig))

    def kubectl(self, *arguments: str, text: str = "", check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run the real kubectl; its output is in the failure when it fails."""
        finished = subprocess.run(
            [KUBECTL, *arguments],
            env=os.environ | {"KUBECONFIG": str(self.state.kubeconfig)},
            input=text,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert not check or finished.returncode == 0, f"kubectl {arguments}: {finished.stdout}{finished.stderr}"
        return finished

    def process(self, part: str) -> ProcessIdentity:
        """The running process of a part (apiserver, manager, podrunner)."""
        return living(self.state.record(part))

    def provider_process(self) -> ProcessIdentity:
        """The process of the only provider."""
        (record,) = eventually(lambda: list(self.state.folder.glob("pods/*/process.json")), lambda seen: len(seen) == 1)
        return living(record)

    def kill(self, part: str) -> None:
        """Kill -9, and wait until it is gone; the supervisor starts the part again."""
        identity = self.provider_process() if part == "provider" else self.process(part)
        assert identity.send(signal.SIGKILL)
        eventually(lambda: not identity.is_alive)

    def processes(self) -> Mapping[int, str]:
        """The arguments of every process of this system by its number."""
        records = [*self.state.records.glob("*.json"), *self.state.folder.glob("pods/*/process.json")]
        found = [record for record in map(ProcessRecord.read, records) if record is not None and record.is_alive]
        return {record.pid: arguments(record.pid) for record in found}

    def written_text(self) -> dict[str, str]:
        """Every log by its name."""
        return {path.name: path.read_text(errors="replace") for path in self.state.logs.glob("*.log*")}


def living(path: Path) -> ProcessIdentity:
    record = eventually(lambda: ProcessRecord.read(path), lambda seen: seen is not None and seen.is_alive)
    assert record is not None
    return record.identity


def arguments(pid: int) -> str:
    """What a process list shows of a process; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def children_of(pid: int) -> list[int]:
    """The processes that a process started."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [child for child in map(int, text.split()) if identity_of(child) is not None]


Document = dict[str, Any]

"""The state folder of a local system: which file is what, and the ports that were chosen for it.

Read by every command that speaks to the local system; written by `vrtg up`.
"""

import json
import socket
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

LOOPBACK: Final = "127.0.0.1"
DEFAULT_STATE: Final = Path(".local")
STATE_VARIABLE: Final = "VRTG_STATE"
SUPERVISOR: Final = "supervisor"
_FOLDER_MODE: Final = 0o700


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the parts of one local system listen, on the loopback address."""

    api_server: int
    manager_health: int
    manager_metrics: int
    pod_runner_health: int


@dataclass(frozen=True, slots=True)
class LocalState:
    """The folder and what is in it."""

    folder: Path

    @property
    def kubeconfig(self) -> Path:
        """For kubectl and every other client."""
        return self.folder / "kubeconfig"

    @property
    def api_server(self) -> Path:
        """Where the API server keeps its objects and keys."""
        return self.folder / "apiserver"

    @property
    def logs(self) -> Path:
        """One file a part, one a provider."""
        return self.folder / "logs"

    @property
    def records(self) -> Path:
        """Which processes run."""
        return self.folder / "run"

    @property
    def lock(self) -> Path:
        """Held while the system is started or stopped."""
        return self.folder / "up.lock"

    def log(self, part: str) -> Path:
        """The log file of a part."""
        return self.logs / f"{part}.log"

    def record(self, part: str) -> Path:
        """The process record of a part."""
        return self.records / f"{part}.json"

    def create(self) -> None:
        """Make the folder, readable by its owner only: it holds keys."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
        self.logs.mkdir(exist_ok=True)

    def ports(self) -> Ports:
        """The ports of this system: chosen once, so that a kubeconfig stays valid over restarts."""
        path = self.folder / "ports.json"
        if path.exists():
            return Ports(**json.loads(path.read_text(encoding="utf-8")))
        chosen = Ports(*free_ports(4))
        path.write_text(json.dumps(asdict(chosen)), encoding="utf-8")
        return chosen


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nobody listens on now."""
    with ExitStack() as held:
        listeners = [held.enter_context(socket.socket()) for _ in range(count)]
        for listener in listeners:
            listener.bind((LOOPBACK, 0))
        return [int(listener.getsockname()[1]) for listener in listeners]

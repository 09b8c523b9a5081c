"""The parts of a local system: their names, their programs and where each says that it is ready.

The argument vectors of the other packages' programs stand here and nowhere else.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.local.local_state import LOOPBACK, LocalState
from virtrigaud_cli.processes.program import Program

API_SERVER: Final = "apiserver"
MANAGER: Final = "manager"
POD_RUNNER: Final = "podrunner"
PART_NAMES: Final = (API_SERVER, MANAGER, POD_RUNNER)
# The pod runner needs the termination grace of its pods and a little more.
POD_RUNNER_GRACE_SECONDS: Final = 40


@dataclass(frozen=True, slots=True)
class Part:
    """One program of the system, and the URL that answers 200 when it is ready (empty: asked otherwise)."""

    program: Program
    ready_url: str = ""


def api_server_part(state: LocalState) -> Part:
    """The embedded API server."""
    arguments = (
        installed_script("virtrigaud-localkube"),
        f"--data-dir={state.api_server}",
        f"--kubeconfig={state.kubeconfig}",
        f"--listen={LOOPBACK}:{state.ports().api_server}",
    )
    return Part(_program(state, API_SERVER, arguments))


def manager_part(state: LocalState) -> Part:
    """The manager, through the kubeconfig as in a cluster."""
    ports = state.ports()
    arguments = (
        installed_script("virtrigaud-manager"),
        f"--health-probe-bind-address={LOOPBACK}:{ports.manager_health}",
        f"--metrics-bind-address={LOOPBACK}:{ports.manager_metrics}",
        f"--webhook-bind-address={LOOPBACK}:0",
    )
    environment = {"KUBECONFIG": str(state.kubeconfig)}
    return Part(_program(state, MANAGER, arguments, environment), f"http://{LOOPBACK}:{ports.manager_health}/readyz")


def pod_runner_part(state: LocalState) -> Part:
    """The pod runner."""
    port = state.ports().pod_runner_health
    arguments = (
        sys.executable,
        "-m",
        "virtrigaud_cli.podrunner",
        f"--kubeconfig={state.kubeconfig}",
        f"--state={state.folder}",
        f"--health-port={port}",
    )
    program = _program(state, POD_RUNNER, arguments, grace_seconds=POD_RUNNER_GRACE_SECONDS)
    return Part(program, f"http://{LOOPBACK}:{port}/readyz")


def _program(
    state: LocalState,
    name: str,
    arguments: tuple[str, ...],
    environment: Mapping[str, str] | None = None,
    *,
    grace_seconds: float = 15,
) -> Program:
    # A KUBECONFIG of the user's means another cluster; nothing of the local system may speak to that one.
    inherited = {name: value for name, value in os.environ.items() if name != "KUBECONFIG"}
    return Program(
        name=name,
        arguments=arguments,
        log=state.log(name),
        environment=inherited | {"PYTHONUNBUFFERED": "1"} | dict(environment or {}),
        stop_grace_seconds=grace_seconds,
    )


def installed_script(name: str) -> str:
    """The path of a program that is installed beside `vrtg`."""
    script = Path(sys.executable).parent / name
    if not script.is_file():
        raise CommandFailed(
            f"the program {name} is not installed next to vrtg ({script.parent})",
            advice=f"install what a local system needs: {sys.executable} -m pip install 'virtrigaud-cli[local]'",
        )
    return str(script)

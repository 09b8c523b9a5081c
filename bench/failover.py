"""Two managers of which one acts: how long nobody does after the one is killed, and after it is stopped.

The clock starts with the signal. It ends when a machine that is applied at that moment is Ready.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.local_system import BIN, LocalSystem, local_system, run
from bench.results import Result

BENCH = "failover"
LEASE = "8da97394.virtrigaud.io"
DEADLINE_SECONDS = 60
STANDING_BY_SECONDS = 4
"""Enough for the other manager to fill its cache, as it has long done in a cluster."""

_LONGEST = {signal.SIGKILL: 15, signal.SIGTERM: 2}
_MACHINE = """
apiVersion: infra.virtrigaud.io/v1beta1
kind: VirtualMachine
metadata: {{name: {name}}}
spec: {{providerRef: {{name: memory}}, classRef: {{name: small}}, imageRef: {{name: guest}}}}
"""


def measure() -> list[Result]:
    """Kill the leader of a fresh system, and stop the one that takes over."""
    with local_system(settings={"VIRTRIGAUD_LEADER_ELECT": "true"}) as system, _second_manager(system) as second:
        return [
            _lose("kill -9 of the leader to a machine Ready", system, system.pid("manager"), signal.SIGKILL),
            _lose("SIGTERM of the leader to a machine Ready", system, second.pid, signal.SIGTERM),
        ]


def _lose(metric: str, system: LocalSystem, leader: int, ending: signal.Signals) -> Result:
    name, holder = f"after-{ending.name.lower()}", _holder(system)
    time.sleep(STANDING_BY_SECONDS)
    began = time.monotonic()
    os.kill(leader, ending)
    run("kubectl", f"--kubeconfig={system.kubeconfig}", "apply", "-f", "-", text=_MACHINE.format(name=name))
    _until(lambda: _is_ready(system, name))
    seconds = time.monotonic() - began
    if _holder(system) == holder:
        raise RuntimeError("the leader did not change")
    return Result(BENCH, metric, seconds, "s", _LONGEST[ending])


@contextmanager
def _second_manager(system: LocalSystem) -> Iterator["subprocess.Popen[bytes]"]:
    command = [
        str(BIN / "virtrigaud-manager"),
        f"--kubeconfig={system.kubeconfig}",
        "--leader-elect",
        "--metrics-bind-address=0",
        "--health-probe-bind-address=0",
    ]
    with Path(os.devnull).open("wb") as nowhere, subprocess.Popen(command, stderr=nowhere) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(DEADLINE_SECONDS)


def _holder(system: LocalSystem) -> str:
    return system.kubectl(
        "get", "leases", f"--field-selector=metadata.name={LEASE}", "-o", "jsonpath={.items[*].spec.holderIdentity}"
    )


def _is_ready(system: LocalSystem, name: str) -> bool:
    path = "jsonpath={.status.conditions[?(@.type=='Ready')].status}"
    return system.kubectl("get", "virtualmachine", name, "-o", path) == "True"


def _until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not reached():
        if time.monotonic() > deadline:
            raise TimeoutError("it did not come to pass")
        time.sleep(0.05)

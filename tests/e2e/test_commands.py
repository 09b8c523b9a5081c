"""vrtg as its user types it."""

import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.support.local_system import LocalSystem
from tests.e2e.support.polling import eventually
from tests.e2e.support.tenant import Tenant

VRTG = Path(sys.executable).parent / "vrtg"
CHECKOUT = Path(__file__).resolve().parents[2]


def vrtg(
    *arguments: str, cwd: Path | None = None, kubeconfig: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    surroundings = {key: value for key, value in os.environ.items() if key != "KUBECONFIG"}
    chosen = {"KUBECONFIG": str(kubeconfig)} if kubeconfig else {}
    return subprocess.run(
        [VRTG, *arguments],
        env=surroundings | chosen,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "here"


def test_up_is_idempotent_status_tells_and_down_stops_everything(folder: Path) -> None:
    folder.mkdir()
    system = LocalSystem(folder / ".local")

    first = vrtg("up", cwd=folder)
    second = vrtg("up", cwd=folder)
    status = vrtg("status", "-o", "json", cwd=folder)
    processes = system.processes()
    down = vrtg("down", cwd=folder)
    after = vrtg("status", cwd=folder)
    again = vrtg("down", cwd=folder)

    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("the local system is up (")
    assert "export KUBECONFIG=.local/kubeconfig" in first.stdout
    assert second.stdout.startswith("the local system is up already")
    parts = json.loads(status.stdout)["parts"]
    assert [(part["name"], part["state"]) for part in parts] == [
        ("apiserver", "ready"),
        ("manager", "ready"),
        ("podrunner", "ready"),
    ]
    assert len(processes) == 4
    assert down.stdout == "the local system is down\n"
    assert system.processes() == {}
    assert after.returncode == 1
    assert again.stdout == "the local system was not up\n"


def test_a_system_that_was_stopped_has_its_objects_when_it_is_up_again(folder: Path) -> None:
    with LocalSystem(folder).running() as system:
        kubeconfig = system.state.kubeconfig.read_text()
        tenant = Tenant.create(system, "kept")
        tenant.add_class("small", cpu=1, memory="256Mi")

    with system.running():
        shown = vrtg("get", "vmclass", "-A", kubeconfig=system.state.kubeconfig)

    assert system.state.kubeconfig.read_text() == kubeconfig
    assert [line.split()[:2] for line in shown.stdout.splitlines()[1:]] == [[tenant.namespace, "small"]]


def test_get_describe_and_events_show_a_machine(system: LocalSystem, tenant: Tenant) -> None:
    tenant.add_machine("web")
    tenant.wait_until_ready("web")
    asked = system.state.kubeconfig

    table = vrtg("get", "vm", "-n", tenant.namespace, kubeconfig=asked).stdout.splitlines()
    document = json.loads(vrtg("get", "vm/web", "-n", tenant.namespace, "-o", "json", kubeconfig=asked).stdout)
    everything = vrtg("get", "all", "-n", tenant.namespace, kubeconfig=asked).stdout
    described = vrtg("describe", "vm", "web", "-n", tenant.namespace, kubeconfig=asked).stdout
    events = vrtg("events", "-n", tenant.namespace, kubeconfig=asked).stdout

    assert table[0].startswith("NAME")
    assert table[1].startswith("web")
    assert document["status"]["phase"] == "Running"
    assert all(kind in everything for kind in ("VirtualMachine", "Provider", "VMClass", "VMImage"))
    assert "VirtualMachine" in described
    assert "CONDITION" in described
    assert "VirtualMachine/web" in events


def test_an_absent_object_and_an_unknown_kind_are_named(system: LocalSystem, tenant: Tenant) -> None:
    asked = system.state.kubeconfig

    absent = vrtg("describe", "vm", "ghost", "-n", tenant.namespace, kubeconfig=asked)
    unknown = vrtg("get", "unicorns", kubeconfig=asked)

    assert (absent.returncode, unknown.returncode) == (1, 1)
    assert f"cannot read VirtualMachine {tenant.namespace}/ghost" in absent.stderr
    assert "there is no kind 'unicorns'" in unknown.stderr


def test_get_follows_a_machine_line_by_line(system: LocalSystem, tenant: Tenant) -> None:
    arguments = ["get", "vm", "-n", tenant.namespace, "-w", "--kubeconfig", str(system.state.kubeconfig)]
    with subprocess.Popen([VRTG, *arguments], stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        assert watching.stdout.readline().split()[:2] == ["NAME", "PHASE"]
        tenant.add_machine("web")
        seen = []
        while "Running" not in seen:
            seen.append(watching.stdout.readline().split()[1])
        watching.terminate()

    assert seen[-1] == "Running"


def test_logs_are_found_by_part_and_by_provider(system: LocalSystem, tenant: Tenant) -> None:
    state = f"--state={system.state.folder}"

    of_manager = vrtg("logs", "manager", state)
    of_provider = vrtg("logs", f"{tenant.namespace}/memory", state)
    of_nobody = vrtg("logs", "nobody", state)

    assert f"kind=Provider object={tenant.namespace}/memory" in of_manager.stdout
    assert "virtrigaud-provider-memory" in of_provider.stdout
    assert of_nobody.returncode == 1
    assert "there is no log of 'nobody'" in of_nobody.stderr
    assert "apiserver, " in of_nobody.stderr


def test_a_system_in_the_foreground_ends_with_its_command(folder: Path) -> None:
    system = LocalSystem(folder)
    with subprocess.Popen([VRTG, "up", "--foreground", f"--state={folder}"], stderr=subprocess.PIPE) as command:
        eventually(lambda: len(system.processes()) == 4)
        command.terminate()
        command.communicate()

    assert command.returncode == 0
    assert system.processes() == {}


@pytest.mark.timeout(200)
def test_the_memory_demo_ends_well_and_leaves_nothing(folder: Path) -> None:
    told = vrtg("demo", "--provider=memory", f"--state={folder}", cwd=CHECKOUT)

    assert told.returncode == 0, told.stdout + told.stderr
    assert "The memory demo ended well; nothing is left." in told.stdout
    phases = re.findall(r"^hello +(\w+)", told.stdout, flags=re.MULTILINE)
    assert [phase for phase, _ in itertools.groupby(phases)] == [
        "Pending",
        "Provisioning",
        "Running",
        "Stopped",
        "Running",
    ]
    assert not folder.exists()

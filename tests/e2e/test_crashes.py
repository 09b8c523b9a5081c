"""Kill -9 of any process at any moment: the same end, no machine twice, nothing left.

Each round creates twenty machines and kills manager, provider or API server at random points. The seed is
printed; VIRTRIGAUD_CRASH_SEED repeats a run and VIRTRIGAUD_CRASH_ROUNDS makes it longer.
"""

import os
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest
from virtrigaud_api.contract import ProviderError
from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.kube.resources import VIRTUAL_MACHINE

from tests.e2e.support.local_system import LocalSystem
from tests.e2e.support.polling import eventually
from tests.e2e.support.tenant import Tenant

ROUNDS = int(os.environ.get("VIRTRIGAUD_CRASH_ROUNDS", "3"))
SEED = int(os.environ.get("VIRTRIGAUD_CRASH_SEED") or time.time_ns() % 1_000_000)
VICTIMS = ("manager", "provider", "apiserver")
MACHINES = tuple(f"vm-{number:02}" for number in range(20))
LATEST_KILL_SECONDS = 1.5
PATIENCE_SECONDS = 120


@pytest.fixture(scope="module")
def crashing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenant]:
    with LocalSystem(tmp_path_factory.mktemp("crashes")).running() as system:
        tenant = Tenant.create(system, "crashes")
        tenant.add_provider(VIRTRIGAUD_MEMORY_TASK_DURATION="0.1")
        tenant.add_class("small", cpu=1, memory="256Mi")
        tenant.add_image("guest")
        yield tenant


@pytest.mark.timeout(PATIENCE_SECONDS * 3)
@pytest.mark.parametrize("number", range(ROUNDS))
def test_l08_twenty_machines_survive_a_kill_at_any_moment(crashing: Tenant, number: int) -> None:
    chance = random.Random(SEED + number)  # noqa: S311 - to repeat a run, not to guard anything
    victim, moment = chance.choice(VICTIMS), chance.uniform(0, LATEST_KILL_SECONDS)
    print(f"round {number}: VIRTRIGAUD_CRASH_SEED={SEED} kills the {victim} after {moment:.3f} s")
    killer = threading.Timer(moment, crashing.system.kill, (victim,))
    killer.start()
    try:
        for name in MACHINES:
            persistently_add(crashing, name)
    finally:
        killer.join()

    ready = partial(names_of, crashing.ready_machines)
    eventually(ready, lambda names: names == set(MACHINES), seconds=PATIENCE_SECONDS)
    ids = eventually(lambda: hypervisor_ids(crashing), lambda seen: seen is not None, seconds=PATIENCE_SECONDS)
    assert ids is not None
    assert len(ids) == len(MACHINES)
    assert set(ids) == {crashing.status(name)["id"] for name in MACHINES}

    for name in MACHINES:
        crashing.delete(VIRTUAL_MACHINE, name)
    eventually(lambda: crashing.machines() == [], seconds=PATIENCE_SECONDS)
    eventually(lambda: hypervisor_ids(crashing), lambda seen: seen == [], seconds=PATIENCE_SECONDS)


def persistently_add(tenant: Tenant, name: str) -> None:
    """Apply as GitOps does: again until the API server, which may be down just now, takes it."""

    def added() -> bool:
        try:
            tenant.add_machine(name)
        except CommandFailed:
            return False
        return True

    eventually(added)


def names_of(look: Callable[[], Iterable[str]]) -> set[str] | None:
    """What the API server lists; None while it is coming back."""
    try:
        return set(look())
    except CommandFailed:
        return None


def hypervisor_ids(tenant: Tenant) -> list[str] | None:
    """What exists on the hypervisor; None while its process is coming back."""
    try:
        return [str(machine.id) for machine in tenant.hypervisor_machines()]
    except (ProviderError, CommandFailed):
        return None


def test_a_killed_supervisor_is_taken_over_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with LocalSystem(tmp_path / "system").running() as system:
        before = system.process("manager")
        system.kill("supervisor")

        system.up()
        after = system.process("manager")

    assert before != after
    assert not before.is_alive
    assert not after.is_alive
    assert system.processes() == {}


def test_a_system_whose_folder_was_removed_stops_by_itself(tmp_path: Path) -> None:
    system = LocalSystem(tmp_path / "system")
    system.up()
    parts = [system.process(name) for name in ("supervisor", "apiserver", "manager", "podrunner")]

    shutil.rmtree(system.folder)

    eventually(lambda: [part.pid for part in parts if part.is_alive] == [])

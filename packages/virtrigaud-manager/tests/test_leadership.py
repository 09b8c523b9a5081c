"""Two real manager processes, a real API server, a real provider: one leads, the other takes over, never both."""

import asyncio
import re
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from local_system import OURS, LocalSystem
from manifests import vm
from virtrigaud_localkube import LocalKubeProcess

LEASE = "/apis/coordination.k8s.io/v1/namespaces/default/leases/8da97394.virtrigaud.io"
FLAGS = ("--leader-elect", "--metrics-bind-address=0", "--health-probe-bind-address=0")
_CHANGE_MADE = re.compile(r"code=OK .*verb=(?:Create|Power|Reconfigure|Delete)\b")
MACHINES = tuple(f"vm-{number}" for number in range(24))


class Pair(LocalSystem):
    """A leader and one that stands by."""

    async def start_pair(self) -> tuple[Process, Process]:
        await self.furnish()
        leader = await self.spawn_manager("leader", *FLAGS)
        await self.until_log("leader", "leading")
        standby = await self.spawn_manager("standby", *FLAGS)
        await self.until_log("standby", "standing by")
        await self.start_provider()
        return leader, standby

    async def until_log(self, process: str, words: str) -> None:
        async def said() -> bool:
            return words in self.log_of(process)

        await self.until(said)

    async def machines(self) -> dict[str, dict[str, Any]]:
        items = (await self.ask("GET", f"{OURS}/virtualmachines"))["items"]
        return {item["metadata"]["name"]: item for item in items}

    async def until_all_ready(self) -> None:
        for name in MACHINES:
            await self.until_ready(name)

    def changes_at_provider(self) -> int:
        """Count the changes that the provider made; it logs a line for each."""
        return len(_CHANGE_MADE.findall(self.log_of("provider")))


@pytest.fixture
async def system(localkube: LocalKubeProcess, tmp_path: Path) -> AsyncIterator[Pair]:
    async with Pair(localkube, tmp_path) as made:
        yield made


async def test_who_stands_by_takes_over_when_the_leader_is_killed(system: Pair) -> None:
    leader, _ = await system.start_pair()
    await system.apply(*map(vm, MACHINES))
    leader.kill()
    await leader.wait()
    await system.until_all_ready()
    lease = await system.ask("GET", LEASE)
    assert lease["spec"]["leaseTransitions"] == 2
    ids = [machine["status"]["id"] for machine in (await system.machines()).values()]
    assert len(set(ids)) == len(MACHINES)


async def test_a_leader_that_is_stopped_lays_the_lease_down(system: Pair) -> None:
    leader, standby = await system.start_pair()
    leader.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(leader.wait(), 20) == 0
    await system.until_log("standby", "leading")
    await system.apply(vm())
    await system.until_ready()
    standby.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(standby.wait(), 20) == 0
    assert not (await system.ask("GET", LEASE))["spec"].get("holderIdentity")


async def test_a_leader_that_was_paused_changes_nothing_when_it_goes_on(system: Pair) -> None:
    leader, _ = await system.start_pair()
    await system.apply(*map(vm, MACHINES))
    await system.until_ready(MACHINES[0])
    leader.send_signal(signal.SIGSTOP)
    await system.until_log("standby", "leading")
    await system.until_all_ready()
    before, asked = await system.machines(), system.changes_at_provider()
    assert asked >= len(MACHINES)

    leader.send_signal(signal.SIGCONT)

    assert await asyncio.wait_for(leader.wait(), 20) == 1
    assert "another manager has taken over" in system.log_of("leader")
    assert await system.machines() == before
    assert system.changes_at_provider() == asked

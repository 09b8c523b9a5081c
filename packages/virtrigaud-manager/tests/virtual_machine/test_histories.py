"""Ring 3: random histories of what users, hypervisors and processes do, and what is true at the end of each.

Hypothesis draws spec changes, faults of the provider, deeds of an administrator and crashes of the manager.
At any time there is at most one machine for an object. When the faults end, every object is as described,
no machine is left without an object, and nothing is written any more.

`VIRTRIGAUD_HISTORIES=2000 pytest -k histories` draws more of them.
"""

import asyncio
import os
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from late_starters import KilledBeforeTheStart, LeavesStartsAside
from manager_world import World
from manifests import vm, vm_class
from quick_time import QuickLoop
from virtrigaud_api.contract import (
    Busy,
    Conflict,
    GiB,
    InvalidSpec,
    MachineId,
    MiB,
    Nic,
    NoCapacity,
    NotFound,
    PowerState,
    ProviderFault,
    Refused,
    Unavailable,
    WrongState,
)
from virtrigaud_api.v1beta1.keys import ANNOTATION_REBOOT
from virtrigaud_provider_memory import MemoryProvider
from virtrigaud_provider_memory.faults import Fault, FaultKind
from virtrigaud_provider_memory.verbs import Verb

HISTORIES = int(os.environ.get("VIRTRIGAUD_HISTORIES", "40"))
NAMES = ("web", "db", "queue")
ROUNDS = 60
SETTLED = {
    "On": (PowerState.ON,),
    "Off": (PowerState.OFF,),
    "OffGraceful": (PowerState.OFF,),
    "Suspended": (PowerState.SUSPENDED, PowerState.OFF),
}

names = st.sampled_from(NAMES)
errors = st.sampled_from(
    (Unavailable, Busy, ProviderFault, WrongState, NoCapacity, Refused, NotFound, InvalidSpec, Conflict)
)
providers = st.sampled_from((MemoryProvider, LeavesStartsAside, KilledBeforeTheStart))
machine_verbs = st.sampled_from((Verb.CREATE, Verb.DESCRIBE, Verb.POWER, Verb.RECONFIGURE, Verb.DELETE, Verb.MACHINES))
specs = st.fixed_dictionaries(
    {
        "resources": st.fixed_dictionaries({"cpu": st.integers(1, 4), "memoryMiB": st.sampled_from((512, 1024, 2048))}),
        "powerState": st.sampled_from(tuple(SETTLED)),
        "restartPolicy": st.fixed_dictionaries({"type": st.sampled_from(("Never", "OnChange"))}),
        "networks": st.lists(
            st.fixed_dictionaries({"name": st.sampled_from(("front", "back", "storage"))}),
            unique_by=lambda network: network["name"],
            max_size=3,
        ),
        "driftPolicy": st.dictionaries(
            st.sampled_from(("power", "resources", "disks", "networks", "tags")), st.just("Report")
        ),
    }
)


class Crash(BaseException):
    """The manager is killed here."""


class Histories(RuleBasedStateMachine):
    """A manager, a cluster and a hypervisor to which anything may happen."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=QuickLoop)
        self.wanted: dict[str, dict[str, Any]] = {}
        self.disks = 10
        self.generations = 0

    def run(self, deed: Any) -> Any:
        return self.runner.run(deed)

    @initialize(seconds=st.sampled_from((0, 90)), provider=providers)
    def begin(self, seconds: int, provider: type[MemoryProvider]) -> None:
        self.world = World(provider, task_duration=timedelta(seconds=seconds))
        self.run(self.world.__aenter__())
        self.world.furnish()
        self.run(self.world.report_capabilities())

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self.run(self.ends_well())
        finally:
            self.runner.close()

    # What users do.

    @rule(name=names, spec=specs, grows=st.integers(0, 3))
    def apply(self, name: str, spec: dict[str, Any], grows: int) -> None:
        if self.deleting(name):
            return
        self.disks += grows
        self.wanted[name] = {**spec, "disks": [{"name": "data", "sizeGiB": self.disks}], "tags": ["blue"]}
        self.put(name)

    @rule(name=names)
    def delete(self, name: str) -> None:
        if self.world.key(name) in self.world.store.objects:
            self.world.store.delete(self.world.key(name))
            self.wanted.pop(name, None)

    @rule(name=names, nonce=st.integers(0, 3))
    def reboot(self, name: str, nonce: int) -> None:
        if name in self.wanted and not self.deleting(name):
            self.world.store.annotate(self.world.key(name), **{ANNOTATION_REBOOT: str(nonce)})

    @rule(cpu=st.integers(1, 8))
    def change_class(self, cpu: int) -> None:
        self.world.apply(vm_class(cpu=cpu))

    # What goes wrong.

    @rule(verb=machine_verbs, error=errors, times=st.integers(1, 3))
    def fail(self, verb: Verb, error: type, times: int) -> None:
        self.world.hypervisor.faults.fail_next(verb, error, times)

    @rule(verb=st.sampled_from((Verb.CREATE, Verb.RECONFIGURE, Verb.POWER)), error=errors)
    def fail_task(self, verb: Verb, error: type) -> None:
        self.world.hypervisor.faults.order(Fault(verb=verb, kind=FaultKind.FAIL_TASK, error=error.__name__))

    @rule(verb=machine_verbs)
    def lose_reply(self, verb: Verb) -> None:
        self.world.hypervisor.faults.lose_next_reply(verb)

    @rule()
    def cut_off(self) -> None:
        self.world.links.cut = Unavailable("connection refused")

    @rule()
    def connect(self) -> None:
        self.world.links.cut = None

    @rule()
    def restart(self) -> None:
        cut = self.world.links.cut
        self.world.restart()
        self.world.links.cut = cut

    @rule(points=st.integers(1, 6))
    def crash(self, points: int) -> None:
        """Kill the manager at a point of its next passes: after an effect, or before a write."""
        left = points

        def reached(_: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Crash

        world = self.world
        world.after_effect = world.store.before_write = reached
        try:
            self.run(world.settle())
        except Crash:
            self.restart()
        finally:
            world.after_effect = world.store.before_write = lambda _: None

    # What an administrator does on the hypervisor.

    @rule(
        which=st.integers(0, 5),
        power=st.sampled_from((PowerState.ON, PowerState.OFF, PowerState.CRASHED, PowerState.SUSPENDED)),
    )
    def switch(self, which: int, power: PowerState) -> None:
        for machine in self.chosen(which):
            self.world.hypervisor.administrator.set_power(machine, power)

    @rule(which=st.integers(0, 5))
    def remove(self, which: int) -> None:
        for machine in self.chosen(which):
            self.world.hypervisor.administrator.remove(machine)

    @rule(which=st.integers(0, 5), cpus=st.integers(1, 4))
    def resize(self, which: int, cpus: int) -> None:
        for machine in self.chosen(which):
            self.world.hypervisor.administrator.resize(machine, cpus=cpus, memory=MiB(1024))

    @rule(which=st.integers(0, 5), nic=st.sampled_from(("front", "back")), network=st.sampled_from(("wild", "calm")))
    def connect_elsewhere(self, which: int, nic: str, network: str) -> None:
        for machine in self.chosen(which):
            self.world.hypervisor.administrator.plug_nic(machine, Nic(name=nic, network=network))

    @rule(which=st.integers(0, 5), nic=st.sampled_from(("front", "back")))
    def unplug_nic(self, which: int, nic: str) -> None:
        for machine in self.chosen(which):
            self.world.hypervisor.administrator.unplug_nic(machine, nic)

    @rule(which=st.integers(0, 5))
    def unplug_disk(self, which: int) -> None:
        for machine in self.chosen(which):
            self.world.hypervisor.administrator.unplug_disk(machine, "data")

    @rule(which=st.integers(0, 5))
    def plug_disk(self, which: int) -> None:
        for machine in self.chosen(which):
            self.world.hypervisor.administrator.plug_disk(machine, "extra", GiB(3))

    @rule(which=st.integers(0, 5), tag=st.sampled_from(("red", "green")))
    def tag(self, which: int, tag: str) -> None:
        for machine in self.chosen(which):
            self.world.hypervisor.administrator.tag(machine, tag)

    # Time passes.

    @rule()
    def settle(self) -> None:
        self.run(self.world.settle())

    @rule(minutes=st.integers(1, 20))
    def wait(self, minutes: int) -> None:
        self.run(self.pass_time(timedelta(minutes=minutes)))

    @invariant()
    def an_object_has_at_most_one_machine(self) -> None:
        if hasattr(self, "world"):
            counted = Counter(machine.owner.uid for machine in self.machines() if machine.owner is not None)
            assert not [owner for owner, number in counted.items() if number > 1]

    # The end.

    async def ends_well(self) -> None:
        world = self.world
        world.links.cut = None
        world.hypervisor.faults.end()
        self.generations += 1
        for name in self.wanted:
            self.put(name, tags=[f"edited-{self.generations}"], driftPolicy={})
        await self.converge()
        assert set(self.wanted) == {key.name for key in world.store.objects if key == world.key(key.name)}
        machines = {machine.owner.name: machine for machine in await world.machines() if machine.owner is not None}
        assert set(machines) == set(self.wanted)
        for name, spec in self.wanted.items():
            status, reason, message = world.ready(name)
            assert (status, reason) == ("True", "ReconcileSuccess"), message
            machine = machines[name]
            size = (spec["resources"]["cpu"], spec["resources"]["memoryMiB"])
            assert machine.power in SETTLED[spec["powerState"]]
            if machine.pending_restart:
                assert machine.power is PowerState.SUSPENDED or spec["restartPolicy"]["type"] == "Never"
            else:
                assert (machine.cpus, machine.memory) == size
            described = [nic.name for nic in machine.nics if nic.is_described]
            assert described == [network["name"] for network in spec["networks"]]
            assert [disk.name for disk in machine.disks if disk.name] == ["data"]
            assert machine.tags == (f"edited-{self.generations}",)
        written = len(world.store.writes)
        await self.pass_time(timedelta(minutes=11))
        assert world.store.writes[written:] == []
        await world.__aexit__()

    async def converge(self) -> None:
        """Let time pass until nothing is written any more."""
        quiet = 0
        for _ in range(ROUNDS):
            written = len(self.world.store.writes)
            await self.pass_time(timedelta(minutes=11))
            quiet = quiet + 1 if len(self.world.store.writes) == written else 0
            if quiet == 3:
                return
        raise AssertionError(f"it goes on writing: {self.world.store.writes[-6:]}; {self.world.story[-6:]}")

    async def pass_time(self, span: timedelta) -> None:
        """Let the clocks go on; whoever waits for one of them looks again."""
        self.world.now += span
        await asyncio.sleep(span.total_seconds())
        for name in NAMES:
            if self.world.exists(name):
                self.world.wake(name)
        await self.world.settle()

    # Words.

    def put(self, name: str, **more: Any) -> None:
        self.world.apply(vm(name, **(self.wanted[name] | more)))

    def deleting(self, name: str) -> bool:
        found = self.world.store.objects.get(self.world.key(name))
        return found is not None and "deletionTimestamp" in found["metadata"]

    def machines(self) -> Any:
        return self.world.hypervisor._world.machines.values()  # looks without a call that could fail

    def chosen(self, which: int) -> list[MachineId]:
        """Return one of the machines, if there are so many."""
        return [machine.id for machine in self.machines()][which : which + 1]


TestHistories = pytest.mark.timeout(120 + HISTORIES)(Histories.TestCase)
TestHistories.settings = settings(
    max_examples=HISTORIES,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)

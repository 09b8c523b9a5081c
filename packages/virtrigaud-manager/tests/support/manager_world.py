"""A whole world for the tests of reconciles: a cluster in memory, the memory provider, and the real loop between.

`settle` runs passes until nothing is due. The clock of conditions stands still unless a test moves it.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from manifests import Manifest, provider, secret, snapshot, vm_class, vm_image
from memory_store import MemoryStore
from virtrigaud_api.address_policy import AddressPolicy
from virtrigaud_api.contract import MachineId, MachineState, ProviderError, TaskRef, advertised
from virtrigaud_api.v1beta1 import KubeObject, Provider, VirtualMachine
from virtrigaud_manager.cluster.cache import Change
from virtrigaud_manager.cluster.event_note import EventNote
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.dependents import woken_by
from virtrigaud_manager.hooks.runner import HookRunner
from virtrigaud_manager.kinds.provider.capabilities import reported
from virtrigaud_manager.kinds.virtual_machine.actions import Action
from virtrigaud_manager.kinds.virtual_machine.observation import Observation
from virtrigaud_manager.kinds.virtual_machine.reconciler import VirtualMachines
from virtrigaud_manager.look_again import BackOff, LookAgain, Never
from virtrigaud_manager.providers.link import Link
from virtrigaud_manager.providers.machines import Machines
from virtrigaud_manager.providers.remote import RemoteProvider
from virtrigaud_manager.reconcile import run
from virtrigaud_provider_memory import MemoryProvider, MemorySettings

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
DEADLINE = timedelta(seconds=20)


class RecordedEvents:
    """Keeps the Events that are posted."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, EventNote]] = []

    def post(self, about: KubeObject, note: EventNote) -> None:
        self.posted.append((f"{about.metadata.namespace}/{about.metadata.name}", note))

    @property
    def reasons(self) -> list[str]:
        return [note.reason for _, note in self.posted]


class OneLink:
    """The way to the one provider of the world, which a test may cut."""

    def __init__(self, reached: RemoteProvider, machines: Machines) -> None:
        self.cut: ProviderError | None = None
        self.watched = False
        self.provider = reached
        self._machines = machines

    async def link(self, provider: Provider) -> Link:
        if self.cut is not None:
            raise self.cut
        return Link(self.provider, self._machines, watched=self.watched)

    def expect(self, provider: ObjectKey, task: TaskRef, key: ObjectKey) -> None:
        pass

    async def close(self, provider: ObjectKey) -> None:
        pass


class ToldVirtualMachines(VirtualMachines):
    """Writes down the sentence of each action, and lets a test crash the manager after one."""

    story: list[str]
    after_effect: Callable[[Action], None]

    async def act(self, observation: Observation, action: Action) -> Any:
        self.story.append(action.sentence)
        submitted = await super().act(observation, action)
        self.after_effect(action)
        return submitted


class World:
    """A cluster, a provider and the manager's loop between them."""

    most_machines = 1
    """How many machines there may be after a step of a story."""

    def __init__(self, provider: type[MemoryProvider] = MemoryProvider, **settings: Any) -> None:
        self.hypervisor = provider(MemorySettings(**settings))
        self.events = RecordedEvents()
        self.now = NOW
        self.story: list[str] = []
        self.after_effect: Callable[[Action], None] = lambda _: None
        self._due: dict[ObjectKey, None] = {}
        self._waiting: set[ObjectKey] = set()
        self.store = MemoryStore(self._changed)
        self._start()

    async def __aenter__(self) -> Self:
        await self.hypervisor.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.hooks.close()
        await self.hypervisor.__aexit__(*error)

    def _start(self) -> None:
        machines = Machines(self.hypervisor, lambda *_: None)
        self.links = OneLink(self.hypervisor, machines)
        self.use_hooks(HookRunner(AddressPolicy.of(exempt="127.0.0.0/8"), self.wake_key))

    def use_hooks(self, hooks: HookRunner) -> None:
        """Run hooks by this runner from now on."""
        self.hooks = hooks
        self.kind = ToldVirtualMachines(self.store, self.links, self.events, lambda: self.now, hooks)
        self.kind.story = self.story
        self.kind.after_effect = self._after_effect

    def _after_effect(self, action: Action) -> None:
        self.after_effect(action)

    def restart(self) -> None:
        """Start the manager anew: everything that was only in its memory is lost."""
        self._due.clear()
        for key in self.store.objects:
            self.hooks.forget(key)
        self._start()
        self.store.restart()

    def apply(self, *manifests: Manifest) -> None:
        for manifest in manifests:
            self.store.put(manifest)

    def furnish(self) -> None:
        """Make everything that the usual VirtualMachine names."""
        self.apply(provider(), vm_class(), vm_image(), secret("lab-credentials"), secret("lab-tls"))

    async def report_capabilities(self, **others: Any) -> None:
        """Let the Provider say what its provider can do, as the kind Provider does, but for the others."""
        stated = await self.hypervisor.capabilities()
        capabilities = reported(advertised(self.hypervisor, stated)).model_copy(update=others)
        said = capabilities.model_dump(by_alias=True, exclude_none=True)
        self.store.set_status(ObjectKey(ObjectKind.PROVIDER, "default", "lab"), {"reportedCapabilities": said})

    def take(self, name: str, *, memory: bool = False) -> None:
        """Take a snapshot of the one machine there is, as whoever reconciles VMSnapshots does."""
        self.apply(snapshot(name))
        (machine,) = self.known_machines()
        self.hypervisor.administrator.take_snapshot(machine, name, memory=memory)
        self.say_snapshot(name, phase="Ready", snapshotID=name)

    def say_snapshot(self, name: str, **status: str) -> None:
        """Say how a snapshot stands."""
        self.store.set_status(ObjectKey(ObjectKind.VM_SNAPSHOT, "default", name), status)

    def key(self, name: str = "web") -> ObjectKey:
        return ObjectKey(ObjectKind.VIRTUAL_MACHINE, "default", name)

    def vm(self, name: str = "web") -> VirtualMachine:
        found = self.store.find(VirtualMachine, "default", name)
        assert found is not None
        return found

    def exists(self, name: str = "web") -> bool:
        return self.key(name) in self.store.objects

    def delete(self, name: str = "web") -> None:
        self.store.delete(self.key(name))

    def wake(self, name: str = "web") -> None:
        self._due[self.key(name)] = None

    def wake_key(self, key: ObjectKey) -> None:
        self._due[key] = None

    async def machines(self) -> list[MachineState]:
        return [state for state in await self.hypervisor.machines() if state.owner is not None]

    def known_machines(self) -> list[MachineId]:
        """Return the machines that any status names."""
        objects = self.store.objects.values()
        return [MachineId(found["status"]["id"]) for found in objects if "id" in found.get("status", {})]

    async def machine(self) -> MachineState:
        """Return the one machine there is."""
        (machine,) = await self.machines()
        return machine

    def cpus(self, name: str = "web") -> int | None:
        """Return how many CPUs the status says that the machine has."""
        resources = self.vm(name).status.current_resources
        return resources.cpu if resources is not None else None

    def ready(self, name: str = "web") -> tuple[str, str, str]:
        """Return status, reason and message of the condition Ready."""
        return self.condition("Ready", name)

    def condition(self, type_: str, name: str = "web") -> tuple[str, str, str]:
        found = next(condition for condition in self.vm(name).status.conditions if condition.type == type_)
        return found.status.value, found.reason, found.message

    async def settle(self) -> LookAgain:
        """Run passes until nothing is due but what backs off after an error, and return what was said last."""
        last: LookAgain = Never()
        while self._due:
            key = next(iter(self._due))
            del self._due[key]
            last = await self.run(key)
            if not self._due:
                await self.hooks.until_idle()
        return last

    async def until(self, reached: Callable[[], bool]) -> None:
        """Run passes, also those that poll or back off, until something is so."""
        waiting = self._waiting
        async with asyncio.timeout(DEADLINE.total_seconds()):
            while not reached():
                for key in [*self._due, *waiting]:
                    self._due.pop(key, None)
                    look_again = await self.run(key)
                    (waiting.add if isinstance(look_again, BackOff) else waiting.discard)(key)
                await asyncio.sleep(0.002)

    async def run(self, key: ObjectKey) -> LookAgain:
        return await run(self.kind, key)

    def _changed(self, change: Change) -> None:
        for key in woken_by(change, self.store.cache):
            if key.kind is ObjectKind.VIRTUAL_MACHINE:
                self._due[key] = None

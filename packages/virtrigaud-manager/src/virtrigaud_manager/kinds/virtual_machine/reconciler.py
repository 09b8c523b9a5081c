"""The kind VirtualMachine, put together for the reconcile loop, with the notes of what it did last."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from virtrigaud_api.contract import Submitted
from virtrigaud_api.v1beta1 import Provider, VirtualMachine

from virtrigaud_manager import metrics
from virtrigaud_manager.cluster.events import EventSink
from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.cluster.store import GoneError, Store
from virtrigaud_manager.hooks.runner import HookRunner
from virtrigaud_manager.kinds.virtual_machine.act import act
from virtrigaud_manager.kinds.virtual_machine.actions import Action
from virtrigaud_manager.kinds.virtual_machine.notes import Notes
from virtrigaud_manager.kinds.virtual_machine.observation import Observation
from virtrigaud_manager.kinds.virtual_machine.observe import observe
from virtrigaud_manager.kinds.virtual_machine.plan import plan
from virtrigaud_manager.kinds.virtual_machine.report import Outcome, Report, report
from virtrigaud_manager.providers.link import Links


class VirtualMachines:
    """How VirtualMachines are reconciled.

    Args:
        clock: Tells the time of conditions.
        hooks: Runs what is done around starts and stops.
    """

    name = VirtualMachine.names.kind

    def __init__(
        self, store: Store, links: Links, events: EventSink, clock: Callable[[], datetime], hooks: HookRunner
    ) -> None:
        self._store = store
        self._links = links
        self._events = events
        self._clock = clock
        self._hooks = hooks
        self._notes: dict[ObjectKey, Notes] = {}

    async def observe(self, key: ObjectKey) -> Observation | None:
        """Read everything that matters; None when the object is gone."""
        vm = self._store.find(VirtualMachine, key.namespace, key.name)
        if vm is None:
            self._notes.pop(key, None)
            self._hooks.forget(key)
            return None
        notes = self._notes.get(key)
        if notes is None or notes.uid != vm.metadata.uid:
            notes = Notes(vm.metadata.uid)
        hook = self._hooks.state(key, vm.metadata.uid)
        return await observe(self._store, self._links, vm, notes, self._clock(), hook)

    def plan(self, observation: Observation) -> Action:
        """Decide the one next thing to do."""
        return plan(observation)

    async def act(self, observation: Observation, action: Action) -> Submitted:
        """Do it."""
        return await act(self._store, self._links, self._hooks, observation, action)

    def report(self, observation: Observation, action: Action, outcome: Outcome) -> Report:
        """Say what is now true."""
        return report(observation, action, outcome)

    async def note(self, key: ObjectKey, observation: Observation, report: Report) -> None:
        """Remember the report, ask to be woken by the end of its task, and post its Event."""
        uid = observation.vm.metadata.uid
        self._notes[key] = Notes(
            uid,
            began=True,
            status=report.status,
            worth_writing=report.worth_writing,
            task=report.task,
            held=report.held,
            removed=report.removed,
        )
        if report.task is not None:
            self._links.expect(observation.provider, report.task.ref, key)
        if report.event is not None:
            self._events.post(observation.vm, report.event)
        if report.status.ips and not observation.status.ips:
            self._measure_addressing(observation)

    def _measure_addressing(self, o: Observation) -> None:
        provider = self._store.find(Provider, o.provider.namespace, o.provider.name)
        created = o.vm.metadata.creation_timestamp
        if provider is not None and created is not None:
            metrics.addressed(provider.spec.type, (o.now - created).total_seconds())

    async def publish(self, key: ObjectKey) -> None:
        """Write the status that was noted last, where it differs from that of the object."""
        notes = self._notes.get(key)
        if notes is None or notes.status is None or not notes.worth_writing:
            return
        vm = self._store.find(VirtualMachine, key.namespace, key.name)
        if vm is None or vm.metadata.uid != notes.uid:
            self._notes.pop(key, None)
            return
        try:
            await self._store.write_status(vm, notes.status)
        except GoneError:
            self._notes.pop(key, None)
            return
        self._notes[key] = replace(notes, status=None, worth_writing=True)

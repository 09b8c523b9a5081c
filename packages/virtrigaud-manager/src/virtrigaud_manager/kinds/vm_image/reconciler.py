"""The kind VMImage, put together for the reconcile loop, with the notes of what its providers answered."""

from collections.abc import Callable
from datetime import datetime

from virtrigaud_api.v1beta1 import VMImage

from virtrigaud_manager.cluster.events import EventSink
from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.cluster.store import GoneError, Store
from virtrigaud_manager.kinds.vm_image.act import act
from virtrigaud_manager.kinds.vm_image.actions import Action
from virtrigaud_manager.kinds.vm_image.observation import Notes, Observation
from virtrigaud_manager.kinds.vm_image.observe import observe
from virtrigaud_manager.kinds.vm_image.plan import plan
from virtrigaud_manager.kinds.vm_image.report import Report, report
from virtrigaud_manager.kinds.vm_image.results import Outcome, Result
from virtrigaud_manager.providers.link import Links


class VMImages:
    """How VMImages are reconciled.

    Args:
        clock: Tells the time of conditions, timeouts and retries.
    """

    name = VMImage.names.kind

    def __init__(self, store: Store, links: Links, events: EventSink, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._links = links
        self._events = events
        self._clock = clock
        self._notes: dict[ObjectKey, Notes] = {}

    async def observe(self, key: ObjectKey) -> Observation | None:
        """Read everything that matters; None when the object is gone."""
        image = self._store.find(VMImage, key.namespace, key.name)
        if image is None:
            self._notes.pop(key, None)
            return None
        notes = self._notes.get(key)
        if notes is None or notes.uid != image.metadata.uid:
            notes = Notes(uid=image.metadata.uid)
        return await observe(self._store, self._links, image, notes, self._clock())

    def plan(self, observation: Observation) -> Action:
        """Decide the one next thing to do."""
        return plan(observation)

    async def act(self, observation: Observation, action: Action) -> Result:
        """Do it."""
        return await act(self._store, self._links, observation, action)

    def report(self, observation: Observation, action: Action, outcome: Outcome) -> Report:
        """Say what is now true."""
        return report(observation, action, outcome)

    async def note(self, key: ObjectKey, observation: Observation, report: Report) -> None:
        """Remember the report, ask to be woken by the end of tasks, and post its Event."""
        self._notes[key] = Notes(
            uid=observation.image.metadata.uid,
            status=report.status,
            looks=report.looks,
            until=report.until,
            cancelled=report.cancelled,
        )
        for provider, task in report.awaited:
            self._links.expect(provider, task, key)
        if report.event is not None:
            self._events.post(observation.image, report.event)

    async def publish(self, key: ObjectKey) -> None:
        """Write the status that was noted last, where it differs from that of the object."""
        notes = self._notes.get(key)
        image = self._store.find(VMImage, key.namespace, key.name)
        if notes is None or notes.status is None or image is None or image.metadata.uid != notes.uid:
            return
        try:
            await self._store.write_status(image, notes.status)
        except GoneError:
            self._notes.pop(key, None)
            return
        self._notes[key] = Notes(uid=notes.uid, looks=notes.looks, until=notes.until, cancelled=notes.cancelled)

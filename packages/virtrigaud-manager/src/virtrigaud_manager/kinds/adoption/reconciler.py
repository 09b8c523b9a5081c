"""Adoption, put together for the reconcile loop. Its keys are those of Providers, in a queue of their own."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from virtrigaud_api.v1beta1 import Provider, keys
from virtrigaud_api.v1beta1.provider_status import AdoptionStatus

from virtrigaud_manager.cluster.events import EventSink
from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.kinds.adoption.act import act
from virtrigaud_manager.kinds.adoption.actions import Action
from virtrigaud_manager.kinds.adoption.book import Telling
from virtrigaud_manager.kinds.adoption.observation import Observation
from virtrigaud_manager.kinds.adoption.observe import Failures, observe
from virtrigaud_manager.kinds.adoption.plan import plan
from virtrigaud_manager.kinds.adoption.report import Outcome, Report, Result, report
from virtrigaud_manager.providers.link import Links


@dataclass(frozen=True, slots=True)
class _Notes:
    """What is remembered of one Provider: losing it costs another try of what failed."""

    uid: str
    terms: tuple[str | None, ...]
    failed: Failures = ()
    status: AdoptionStatus | None = None


class Adoption:
    """How machines of nobody are adopted.

    Args:
        telling: Takes what is said for the Provider's status.
        clock: Tells the time of discoveries.
    """

    name = "VMAdoption"

    def __init__(
        self, store: Store, links: Links, events: EventSink, telling: Telling, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._links = links
        self._events = events
        self._telling = telling
        self._clock = clock
        self._notes: dict[ObjectKey, _Notes] = {}

    async def observe(self, key: ObjectKey) -> Observation | None:
        """Read everything that matters; None when the Provider is gone or going."""
        provider = self._store.find(Provider, key.namespace, key.name)
        if provider is None or provider.metadata.deletion_timestamp is not None:
            self._notes.pop(key, None)
            self._telling.book.forget(key)
            return None
        notes = self._remembered(key, provider)
        return await observe(self._store, self._links, provider, (notes.failed, notes.status), self._clock())

    def plan(self, observation: Observation) -> Action:
        """Decide the one next thing to do."""
        return plan(observation)

    async def act(self, observation: Observation, action: Action) -> Result:
        """Do it."""
        return await act(self._store, action)

    def report(self, observation: Observation, action: Action, outcome: Outcome) -> Report:
        """Say how adoption stands."""
        return report(observation, action, outcome)

    async def note(self, key: ObjectKey, observation: Observation, report: Report) -> None:
        """Remember the report, and post its Event."""
        notes = self._remembered(key, observation.provider)
        self._notes[key] = replace(notes, failed=report.failed, status=report.status)
        if report.event is not None:
            self._events.post(observation.provider, report.event)

    async def publish(self, key: ObjectKey) -> None:
        """Hand what is said over to the one who writes the Provider's status."""
        notes = self._notes.get(key)
        if notes is not None:
            self._telling.tell(key, notes.status)

    def _remembered(self, key: ObjectKey, provider: Provider) -> _Notes:
        """Return the notes; other terms, or another object of that name, start afresh."""
        annotations = provider.metadata.annotations
        terms = tuple(annotations.get(name) for name in (keys.ANNOTATION_ADOPT_VMS, keys.ANNOTATION_ADOPT_FILTER))
        notes = self._notes.get(key)
        if notes is None or notes.uid != provider.metadata.uid:
            notes = _Notes(provider.metadata.uid, terms, status=provider.status.adoption)
        elif notes.terms != terms:
            notes = _Notes(notes.uid, terms, status=notes.status)
        self._notes[key] = notes
        return notes

"""The kind Provider, put together for the reconcile loop, with what the health checks have shown so far."""

from collections.abc import Callable
from datetime import datetime

from virtrigaud_api.v1beta1 import Provider, keys

from virtrigaud_manager.certificates.keeper import Keeper
from virtrigaud_manager.cluster.events import EventSink
from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.cluster.store import GoneError, Store
from virtrigaud_manager.kinds.adoption.book import AdoptionBook
from virtrigaud_manager.kinds.provider.act import act
from virtrigaud_manager.kinds.provider.actions import Action
from virtrigaud_manager.kinds.provider.home import Home
from virtrigaud_manager.kinds.provider.notes import Notes, notes_of
from virtrigaud_manager.kinds.provider.observation import Observation
from virtrigaud_manager.kinds.provider.observe import observe
from virtrigaud_manager.kinds.provider.plan import plan
from virtrigaud_manager.kinds.provider.report import Outcome, Report, report
from virtrigaud_manager.kinds.provider.results import Result
from virtrigaud_manager.providers.link import Links


class Providers:
    """How Providers are reconciled.

    Args:
        keeper: Has the certificates that the manager issues.
        home: Where the manager itself is.
        clock: Tells the time of conditions and checks.

    Attributes:
        adoptions: What adoption has to say in the status.
    """

    name = Provider.names.kind

    def __init__(
        self, store: Store, links: Links, events: EventSink, keeper: Keeper, home: Home, clock: Callable[[], datetime]
    ) -> None:
        self.adoptions = AdoptionBook()
        self._home = home
        self._keeper = keeper
        self._store = store
        self._links = links
        self._events = events
        self._clock = clock
        self._notes: dict[ObjectKey, Notes] = {}

    async def observe(self, key: ObjectKey) -> Observation | None:
        """Read everything that matters; None when the object is gone, and its way is closed."""
        provider = self._store.find(Provider, key.namespace, key.name)
        if provider is None or _is_let_go(provider):
            self._notes.pop(key, None)
            await self._links.close(key)
            return None
        notes = self._notes.get(key)
        if notes is None or notes.uid != provider.metadata.uid:
            notes = self._notes[key] = notes_of(provider)
        return await observe(self._store, self._keeper, self._home, provider, notes, self._clock())

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
        """Remember the report, and post its Event."""
        self._notes[key] = Notes(observation.provider.metadata.uid, report.health, report.status)
        if report.event is not None:
            self._events.post(observation.provider, report.event)

    async def publish(self, key: ObjectKey) -> None:
        """Write the status that was noted last, where it differs from that of the object."""
        notes = self._notes.get(key)
        provider = self._store.find(Provider, key.namespace, key.name)
        if notes is None or notes.status is None or provider is None or provider.metadata.uid != notes.uid:
            return
        try:
            await self._store.write_status(provider, self.adoptions.told(key, notes.status))
        except GoneError:
            self._notes.pop(key, None)
            return
        self._notes[key] = Notes(notes.uid, notes.health)


def _is_let_go(provider: Provider) -> bool:
    """Tell whether it is being deleted and not ours to hold."""
    metadata = provider.metadata
    return metadata.deletion_timestamp is not None and keys.FINALIZER_PROVIDER not in metadata.finalizers

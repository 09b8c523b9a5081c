"""The part of the reconcilers that is the same for every kind that machines refer to."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, Generic, TypeVar

from virtrigaud_api.v1beta1 import KubeObject
from virtrigaud_api.v1beta1.kube_model import KubeModel

from virtrigaud_manager.cluster.finalizers import add_finalizer, remove_finalizer
from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.cluster.store import GoneError, Store
from virtrigaud_manager.kinds.in_use.actions import Action
from virtrigaud_manager.kinds.in_use.observation import InUse
from virtrigaud_manager.kinds.in_use.plan import plan
from virtrigaud_manager.kinds.in_use.report import Report
from virtrigaud_manager.kinds.object_actions import AddFinalizer, RemoveFinalizer

S = TypeVar("S", bound=KubeModel)
O = TypeVar("O", bound=InUse)  # noqa: E741 - observation


class InUseKind(ABC, Generic[S, O]):
    """How objects that machines refer to are reconciled; a kind adds `observe` and `report`.

    Args:
        clock: Tells the time of conditions.
    """

    name: ClassVar[str]
    model: ClassVar[type[KubeObject]]
    finalizer: ClassVar[str]

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._said: dict[ObjectKey, tuple[str, S]] = {}

    def plan(self, observation: O) -> Action:
        """Decide the one next thing to do."""
        return plan(observation)

    async def act(self, observation: O, action: Action) -> None:
        """Do it."""
        found = self._found(observation)
        match action:
            case AddFinalizer():
                await add_finalizer(self._store, found, self.finalizer)
            case RemoveFinalizer():
                await remove_finalizer(self._store, found, self.finalizer)
            case _:
                return

    async def note(self, key: ObjectKey, observation: O, report: Report[S]) -> None:
        """Remember the report."""
        self._said[key] = (self._found(observation).metadata.uid, report.status)

    async def publish(self, key: ObjectKey) -> None:
        """Write the status that was noted last, where it differs from that of the object."""
        uid, status = self._said.pop(key, ("", None))
        found = self._store.find(self.model, key.namespace, key.name)
        if status is None or found is None or found.metadata.uid != uid:
            return
        try:
            await self._store.write_status(found, status)
        except GoneError:
            return

    @abstractmethod
    def _found(self, observation: O) -> KubeObject:
        """Return the object that was observed."""

"""A world in which Providers are reconciled beside their machines; what a kubelet would do the test does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from manager_world import RecordedEvents, World
from manifests import provider, secret
from virtrigaud_api.v1beta1 import Provider
from virtrigaud_manager.certificates.authority import Rule
from virtrigaud_manager.certificates.keeper import Keeper
from virtrigaud_manager.cluster.cache import Change
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.dependents import counted_by, woken_by
from virtrigaud_manager.kinds.provider.actions import Action
from virtrigaud_manager.kinds.provider.home import Home
from virtrigaud_manager.kinds.provider.observation import Observation
from virtrigaud_manager.kinds.provider.reconciler import Providers
from virtrigaud_manager.look_again import LookAgain, Never
from virtrigaud_manager.reconcile import run

KEY = ObjectKey(ObjectKind.PROVIDER, "default", "lab")
DEPLOYMENT, SERVICE, NETWORK_POLICY, DISRUPTION_BUDGET = (
    ObjectKey(kind, "default", "virtrigaud-provider-default-lab")
    for kind in (
        ObjectKind.DEPLOYMENT,
        ObjectKind.SERVICE,
        ObjectKind.NETWORK_POLICY,
        ObjectKind.POD_DISRUPTION_BUDGET,
    )
)
ISSUED_SECRET = ObjectKey(ObjectKind.SECRET, "default", "virtrigaud-provider-default-lab-tls")
AUTHORITY = ObjectKey(ObjectKind.SECRET, "virtrigaud-system", "virtrigaud-provider-authority")
CLIENT = ObjectKey(ObjectKind.SECRET, "virtrigaud-system", "virtrigaud-manager-client")
OUTSIDE = Home("virtrigaud-system")
INSIDE = Home("virtrigaud-system", (("app.kubernetes.io/name", "virtrigaud-manager"),))


class ToldProviders(Providers):
    """Writes down the sentence of each action, and lets a test crash the manager after one."""

    story: list[str]
    after_effect: Callable[[Any], None]

    async def act(self, observation: Observation, action: Action) -> Any:
        self.story.append(f"Provider: {action.sentence}")
        result = await super().act(observation, action)
        self.after_effect(action)
        return result


class ProviderWorld(World):
    """A world in which Providers are reconciled, too."""

    def __init__(self, home: Home = OUTSIDE, **settings: Any) -> None:
        self.home = home
        self.said = RecordedEvents()
        super().__init__(**settings)

    def _start(self) -> None:
        super()._start()
        self.keeper = Keeper(self.store, self.home.namespace, Rule(timedelta(days=90)))
        self.providers = ToldProviders(self.store, self.links, self.said, self.keeper, self.home, lambda: self.now)
        self.providers.story = self.story
        self.providers.after_effect = self._after_effect

    async def look(self) -> LookAgain:
        return await run(self.providers, KEY)

    async def settle(self) -> LookAgain:
        """Run passes of both kinds until nothing is due."""
        last: LookAgain = Never()
        while self._due:
            key = next(iter(self._due))
            del self._due[key]
            last = await (run(self.providers, key) if key.kind is ObjectKind.PROVIDER else run(self.kind, key))
        return last

    def pods(self, ready: int = 1) -> None:
        """Say how many pods answer, as a kubelet does."""
        self.store.set_status(DEPLOYMENT, {"readyReplicas": ready, "availableReplicas": ready})

    def touch_provider(self) -> None:
        """Let the Provider be looked at, as a timer does."""
        self._due[KEY] = None

    def provider(self) -> Provider:
        found = self.store.find(Provider, "default", "lab")
        assert found is not None
        return found

    def said_of(self, type_: str) -> tuple[str, str, str]:
        found = next(it for it in self.provider().status.conditions if it.type == type_)
        return found.status.value, found.reason, found.message

    async def started(self, **spec: Any) -> None:
        self.apply(provider(**spec), secret("lab-credentials"), secret("lab-tls"))
        await self.look()
        self.pods(1)
        await self.look()

    def spec_of(self, key: ObjectKey) -> dict[str, Any]:
        spec: dict[str, Any] = self.store.objects[key]["spec"]
        return spec

    def _changed(self, change: Change) -> None:
        for key in (*woken_by(change, self.store.cache), *counted_by(change)):
            if key.kind in (ObjectKind.VIRTUAL_MACHINE, ObjectKind.PROVIDER):
                self._due[key] = None

"""A world in which the machines of nobody are looked at too."""

from typing import Any

from manager_world import World
from manifests import Manifest, provider, secret
from virtrigaud_api.v1beta1 import Provider
from virtrigaud_api.v1beta1.keys import ANNOTATION_ADOPT_FILTER, ANNOTATION_ADOPT_VMS
from virtrigaud_api.v1beta1.provider_status import AdoptionStatus
from virtrigaud_manager.cluster.cache import Change
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.dependents import adopted_by
from virtrigaud_manager.kinds.adoption.actions import Action
from virtrigaud_manager.kinds.adoption.book import AdoptionBook, Telling
from virtrigaud_manager.kinds.adoption.observation import Observation
from virtrigaud_manager.kinds.adoption.reconciler import Adoption
from virtrigaud_manager.kinds.adoption.report import LOOK_AGAIN
from virtrigaud_manager.look_again import After, LookAgain
from virtrigaud_manager.reconcile import run

LAB = ObjectKey(ObjectKind.PROVIDER, "default", "lab")


class ToldAdoption(Adoption):
    """Writes down the sentence of each action."""

    story: list[str]

    async def act(self, observation: Observation, action: Action) -> Any:
        self.story.append(action.sentence)
        return await super().act(observation, action)


class AdoptionWorld(World):
    """A cluster, a provider, and both loops between them."""

    def _start(self) -> None:
        super()._start()
        self.book = AdoptionBook()
        self.adoption = ToldAdoption(
            self.store, self.links, self.events, Telling(self.book, lambda _: None), lambda: self.now
        )
        self.adoption.story = self.story
        self._adopting = True

    def furnish(self) -> None:
        self.apply(provider(), secret("lab-credentials"), secret("lab-tls"))

    def terms(self, mode: str, wanted: str = "") -> None:
        """Annotate the Provider."""
        annotations = {ANNOTATION_ADOPT_VMS: mode} | ({ANNOTATION_ADOPT_FILTER: wanted} if wanted else {})
        manifest: Manifest = provider()
        manifest["metadata"]["annotations"] = annotations
        self.apply(manifest)

    def look(self) -> None:
        """Let the machines be looked at again, as after five minutes."""
        self._adopting = True

    def told(self) -> AdoptionStatus:
        """Return what adoption says for the status of the Provider."""
        found = self.store.find(Provider, "default", "lab")
        assert found is not None
        said = self.book.told(LAB, found.status).adoption
        assert said is not None
        return said

    def outcomes(self) -> dict[str, tuple[str, str | None]]:
        """Return what became of each machine that no VirtualMachine stands for, by its name."""
        return {machine.name: (machine.outcome.value, machine.message) for machine in self.told().machines}

    async def settle(self) -> LookAgain:
        last = await super().settle()
        while self._adopting:
            self._adopting = False
            said = await run(self.adoption, LAB)
            self._adopting = self._adopting or (isinstance(said, After) and said != LOOK_AGAIN)
            last = await super().settle()
        return last

    def restart(self) -> None:
        super().restart()
        self._adopting = True

    def _changed(self, change: Change) -> None:
        super()._changed(change)
        if LAB in adopted_by(change):
            self._adopting = True

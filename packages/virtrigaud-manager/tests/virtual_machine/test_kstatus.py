"""Every story as `kubectl wait`, Flux and Helm see it, and one that fails: each status by the rules of kstatus."""

from typing import Any

import pytest
from admission_stories import ADMISSION_STORIES
from drift_stories import DRIFT_STORIES
from kstatus import KStatus, kstatus_of
from manager_world import World
from manifests import vm
from power_stories import POWER_STORIES
from stories import STORIES, Story
from virtrigaud_api.contract import Recovery, Submitted
from virtrigaud_manager.cluster.cache import Change
from virtrigaud_manager.cluster.object_key import ObjectKind
from virtrigaud_manager.kinds.object_actions import Refuse
from virtrigaud_manager.kinds.virtual_machine.actions import Action
from virtrigaud_manager.kinds.virtual_machine.observation import Observation
from virtrigaud_manager.kinds.virtual_machine.report import Outcome, Report
from virtrigaud_manager.kinds.virtual_machine.rests import Hold, ReportMissing, Settle
from virtrigaud_manager.outcome import Failed

TOLD = (*STORIES, *POWER_STORIES, *ADMISSION_STORIES, *DRIFT_STORIES)
_MENDED_BY_A_PERSON = (Recovery.NEW_GENERATION, Recovery.PERSON, Recovery.CAPABILITY)
_FOR_A_PERSON = (Refuse, Hold, ReportMissing)


class WatchedWorld(World):
    """Writes down each version of the VirtualMachines, with what the manager came to and how that went."""

    def __init__(self) -> None:
        self.seen: list[tuple[Action | None, Outcome, dict[str, Any]]] = []
        self.action: Action | None = None
        self.outcome: Outcome = Submitted()
        super().__init__()

    def _start(self) -> None:
        super()._start()
        told = self.kind.report

        def report(observation: Observation, action: Action, outcome: Outcome) -> Report:
            self.action, self.outcome = action, outcome
            return told(observation, action, outcome)

        self.kind.report = report  # type: ignore[method-assign]

    def _changed(self, change: Change) -> None:
        found = self.store.objects.get(change.key)
        if change.key.kind is ObjectKind.VIRTUAL_MACHINE and found is not None:
            self.seen.append((self.action, self.outcome, found))
        super()._changed(change)


def expected(action: Action | None, outcome: Outcome, document: dict[str, Any]) -> KStatus:
    """Say how an object stands by what the manager came to."""
    if document["metadata"].get("deletionTimestamp"):
        return KStatus.TERMINATING
    if isinstance(outcome, Failed):
        return KStatus.FAILED if outcome.error.recovery in _MENDED_BY_A_PERSON else KStatus.IN_PROGRESS
    if isinstance(action, Settle):
        return KStatus.CURRENT
    return KStatus.FAILED if isinstance(action, _FOR_A_PERSON) else KStatus.IN_PROGRESS


@pytest.mark.parametrize("story", TOLD, ids=lambda story: story.name)
async def test_each_status_of_a_story_says_how_the_object_stands(story: Story) -> None:
    async with WatchedWorld() as world:
        checked = 0
        for step in story.steps:
            world.story.append(f"# {step.title}")
            before = len(world.seen)
            step.do(world)
            await world.settle()
            for action, outcome, document in world.seen[before:]:
                if document.get("status", {}).get("observedGeneration") == document["metadata"]["generation"]:
                    assert kstatus_of(document) is expected(action, outcome, document), (step.title, action)
                    checked += 1
        assert checked > 0


async def test_what_only_a_person_can_mend_has_failed_until_it_is_mended() -> None:
    async with WatchedWorld() as world:
        world.furnish()
        world.apply(vm(placementRef={"name": "spread"}))
        await world.settle()
        assert kstatus_of(world.store.objects[world.key()]) is KStatus.FAILED
        assert world.condition("Stalled") == ("True", *world.ready()[1:])

        world.apply(vm())
        assert kstatus_of(world.store.objects[world.key()]) is KStatus.IN_PROGRESS
        await world.settle()
        assert kstatus_of(world.store.objects[world.key()]) is KStatus.CURRENT
        assert [found.type for found in world.vm().status.conditions if found.type == "Stalled"] == []

"""Telling a story: step by step until all is at rest, in sentences, and with the manager killed at any point of it.

`VIRTRIGAUD_UPDATE_STORIES=1 pytest` writes the stories anew; read the difference before it is committed.
"""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from manager_world import World
from stories import Story
from virtrigaud_api.v1beta1 import keys

FOLDER = Path(__file__).parent.parent / "stories"


class Crash(BaseException):
    """The manager is killed here."""


class CrashAt:
    """Kills the manager at the n-th of the points where it could die: after an effect, before a write."""

    def __init__(self, world: World, point: int | None) -> None:
        self.points = 0
        self._point = point
        world.after_effect = self._pass
        world.store.before_write = self._pass

    def _pass(self, _: object) -> None:
        self.points += 1
        if self.points == self._point:
            raise Crash


async def tell(world: World, story: Story) -> None:
    for step in story.steps:
        world.story.append(f"# {step.title}")
        done = step.do(world)
        if isinstance(done, Awaitable):
            await done
        try:
            await world.settle()
        except Crash:
            world.story.append("# the manager crashes and is started again")
            links_cut = world.links.cut
            world.restart()
            world.links.cut = links_cut
            await world.settle()
        assert len(await world.machines()) <= world.most_machines, f"another machine after {step.title!r}"


async def is_told_in_the_golden_sentences(world: World, story: Story) -> None:
    await tell(world, story)
    told = "\n".join(world.story) + "\n"
    golden = FOLDER / f"{story.name}.story"
    if os.environ.get("VIRTRIGAUD_UPDATE_STORIES"):
        golden.write_text(told)
    assert told == golden.read_text()


async def ends_the_same_after_a_crash_at_any_point(make_world: Callable[[], World], story: Story) -> None:
    async with make_world() as calm:
        crash = CrashAt(calm, None)
        await tell(calm, story)
        expected, points = await end_of(calm), crash.points
    assert points > 0
    for point in range(1, points + 1):
        async with make_world() as world:
            CrashAt(world, point)
            await tell(world, story)
            assert await end_of(world) == expected, f"crash at point {point} of {points}"


async def end_of(world: World) -> tuple[Any, ...]:
    """Return all that is left in the cluster and on the hypervisor, without versions, times of transition and keys."""
    objects = {str(key): _without_version(document) for key, document in world.store.objects.items()}
    return objects, await world.machines()


def _without_version(document: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in document["metadata"].items() if name in ("uid", "generation", "finalizers")}
    status = {**document.get("status", {})}
    status["conditions"] = [{**told, "lastTransitionTime": None} for told in status.get("conditions", ())]
    return {**_without_keys(document), "metadata": kept, "status": status}


def _without_keys(document: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is random: the certificates that the manager issues, and the digest of whom to trust."""
    match document:
        case {"kind": "Secret", "metadata": {"labels": {keys.LABEL_APP_MANAGED_BY: _}}, "data": data}:
            return {**document, "data": sorted(data)}
        case {"kind": "Deployment", "spec": {"template": {"metadata": metadata, **pod}, **spec}}:
            return {**document, "spec": {**spec, "template": {**pod, "labels": metadata["labels"]}}}
        case _:
            return document

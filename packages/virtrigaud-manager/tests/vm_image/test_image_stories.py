"""Ring 3 of images: what is done, sentence by sentence, and the same end after a crash at any point.

`VIRTRIGAUD_UPDATE_STORIES=1 pytest` writes the stories anew; read the difference before it is committed.
"""

import os
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from image_stories import STORIES, Story
from image_world import ImageWorld

FOLDER = Path(__file__).parent.parent / "stories"


class Crash(BaseException):
    """The manager is killed here."""


class CrashAt:
    """Kills the manager at the n-th of the points where it could die: after an effect, before a write."""

    def __init__(self, world: ImageWorld, point: int | None) -> None:
        self.points = 0
        self._point = point
        world.after_effect = self._pass
        world.store.before_write = self._pass

    def _pass(self, _: object) -> None:
        self.points += 1
        if self.points == self._point:
            raise Crash


async def tell(world: ImageWorld, story: Story) -> None:
    for step in story.steps:
        world.story.append(f"# {step.title}")
        done = step.do(world)
        if isinstance(done, Awaitable):
            await done
        try:
            await world.settle()
        except Crash:
            world.story.append("# the manager crashes and is started again")
            cut = world.links.cut
            world.restart()
            world.links.cut = cut
            await world.settle()


def end_of(world: ImageWorld) -> tuple[Any, ...]:
    """Return all that is left in the cluster and on the hypervisor, without versions and times."""
    objects = {str(key): _without_version(document) for key, document in world.store.objects.items()}
    return objects, world.imported()


def _without_version(document: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in document["metadata"].items() if name in ("uid", "generation", "finalizers")}
    return {**document, "metadata": kept}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
async def test_the_story_of_an_image_is_told_in_these_sentences(story: Story) -> None:
    async with _world(story) as world:
        await tell(world, story)
    told = "\n".join(world.story) + "\n"
    golden = FOLDER / f"{story.name}.story"
    if os.environ.get("VIRTRIGAUD_UPDATE_STORIES"):
        golden.write_text(told)
    assert told == golden.read_text()


IMAGES = {"image-waited-for": ["nothing"]}
"""Stories on a hypervisor that has these images only."""

RETRIED = {"image-retried-then-ready", "image-retries-exhausted", "image-checksum-mismatch"}
"""Stories in which a crash may spare the wait for the next attempt, or need one more."""


@pytest.mark.parametrize("story", [story for story in STORIES if story.name not in RETRIED], ids=lambda s: s.name)
async def test_l08_a_crash_at_any_point_leaves_the_same_images_and_objects(story: Story) -> None:
    async with _world(story) as calm:
        crash = CrashAt(calm, None)
        await tell(calm, story)
        expected, points = end_of(calm), crash.points
    assert points > 0
    for point in range(1, points + 1):
        async with _world(story) as world:
            CrashAt(world, point)
            await tell(world, story)
            await world.pass_time(timedelta(0))
            assert end_of(world) == expected, f"crash at point {point} of {points}"


def _world(story: Story) -> ImageWorld:
    return ImageWorld(images=frozenset(IMAGES[story.name])) if story.name in IMAGES else ImageWorld()

"""Ring 3 of images: what is done, sentence by sentence, and the same end after a crash at any point."""

from datetime import timedelta
from typing import Any

import pytest
from image_stories import STORIES
from image_world import ImageWorld
from stories import Story
from telling import CrashAt, is_told_in_the_golden_sentences, tell


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
        await is_told_in_the_golden_sentences(world, story)


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

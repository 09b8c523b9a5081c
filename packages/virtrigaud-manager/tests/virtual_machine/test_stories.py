"""Ring 3: what is done for a VirtualMachine, sentence by sentence, and the same end after a crash at any point."""

import pytest
from admission_stories import ADMISSION_STORIES
from drift_stories import DRIFT_STORIES
from manager_world import World
from power_stories import HOOK_STORIES, POWER_STORIES
from start_stories import START_STORIES
from stories import STORIES, Story
from telling import ends_the_same_after_a_crash_at_any_point, is_told_in_the_golden_sentences

TOLD = (*STORIES, *POWER_STORIES, *HOOK_STORIES, *START_STORIES, *ADMISSION_STORIES, *DRIFT_STORIES)


@pytest.mark.parametrize("story", TOLD, ids=lambda story: story.name)
async def test_the_story_is_told_in_these_sentences(story: Story) -> None:
    async with World(**story.settings) as world:
        await is_told_in_the_golden_sentences(world, story)


@pytest.mark.parametrize("story", TOLD, ids=lambda story: story.name)
async def test_l08_a_crash_at_any_point_leads_to_the_same_end(story: Story) -> None:
    await ends_the_same_after_a_crash_at_any_point(lambda: World(**story.settings), story)

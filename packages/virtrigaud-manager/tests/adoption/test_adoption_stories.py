"""Ring 3: adoption, sentence by sentence, and the same end after a crash at any point."""

import pytest
from adoption_stories import ADOPTION_STORIES
from adoption_world import AdoptionWorld
from stories import Story
from telling import ends_the_same_after_a_crash_at_any_point, is_told_in_the_golden_sentences


@pytest.mark.parametrize("story", ADOPTION_STORIES, ids=lambda story: story.name)
async def test_the_story_of_adoption_is_told_in_these_sentences(story: Story) -> None:
    async with AdoptionWorld(**story.settings) as world:
        await is_told_in_the_golden_sentences(world, story)


@pytest.mark.parametrize("story", ADOPTION_STORIES, ids=lambda story: story.name)
async def test_l08_a_crash_during_adoption_leads_to_the_same_end(story: Story) -> None:
    await ends_the_same_after_a_crash_at_any_point(lambda: AdoptionWorld(**story.settings), story)

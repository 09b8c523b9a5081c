"""Ring 3: what is done for a Provider, sentence by sentence, and the same end after a crash at any point."""

import pytest
from provider_stories import PROVIDER_STORIES
from provider_world import INSIDE, ProviderWorld
from stories import Story
from telling import ends_the_same_after_a_crash_at_any_point, is_told_in_the_golden_sentences


@pytest.mark.parametrize("story", PROVIDER_STORIES, ids=lambda story: story.name)
async def test_the_story_is_told_in_these_sentences(story: Story) -> None:
    async with ProviderWorld(INSIDE) as world:
        await is_told_in_the_golden_sentences(world, story)


@pytest.mark.parametrize("story", PROVIDER_STORIES, ids=lambda story: story.name)
async def test_l08_a_crash_at_any_point_leads_to_the_same_end(story: Story) -> None:
    await ends_the_same_after_a_crash_at_any_point(lambda: ProviderWorld(INSIDE), story)

"""Makes the doubles in `support` importable, and one world for each test that wants it."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent / "support"))

from manager_world import World


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with World() as made:
        yield made

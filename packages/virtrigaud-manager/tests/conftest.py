"""Makes the doubles in `support` importable, and one world or one local system for each test that wants it."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent / "support"))

from local_system import LocalSystem
from manager_world import World
from virtrigaud_localkube import LocalKubeProcess


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with World() as made:
        yield made


@pytest.fixture
async def system(localkube: LocalKubeProcess, tmp_path: Path) -> AsyncIterator[LocalSystem]:
    async with LocalSystem(localkube, tmp_path) as made:
        yield made

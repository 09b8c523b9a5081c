import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from virtrigaud_provider_memory import MemoryProvider, MemorySettings

sys.path.insert(0, str(Path(__file__).parent))  # memory_specs

Hypervisor = Callable[..., MemoryProvider]


@pytest.fixture(autouse=True)
def _no_settings_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("VIRTRIGAUD_", "PROVIDER_")):
            monkeypatch.delenv(name)


@pytest.fixture
async def hypervisor() -> AsyncIterator[Hypervisor]:
    """Make providers that are closed at the end of the test."""
    providers: list[MemoryProvider] = []

    def make(**settings: object) -> MemoryProvider:
        provider = MemoryProvider(MemorySettings.model_validate({"drain_seconds": 0, **settings}))
        providers.append(provider)
        return provider

    yield make
    for provider in providers:
        await provider.__aexit__(None, None, None)

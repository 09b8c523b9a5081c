"""What the pages for authors of providers say is so: the settings are listed as they are, and the code runs."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from virtrigaud_provider_sdk import MachineId, ProviderSettings, TaskState

DOCS = Path(__file__).parents[3] / "docs/providers"
WEB = MachineId("m-web")


@pytest.fixture
def copies(tmp_path: Path) -> Any:
    """The class of the page about long work; each call is a process that opens the same state."""
    source = re.search(r"```python\n(.*?)```", (DOCS / "long-work.md").read_text(), re.DOTALL)
    assert source is not None
    module: dict[str, Any] = {"__name__": "copies"}
    exec(compile(source[1], "long-work.md", "exec"), module)  # noqa: S102 - it is our own text
    settings = ProviderSettings(state_directory=tmp_path, drain_seconds=0)
    return lambda: module["Copies"](settings)


def test_every_setting_is_listed_as_it_is() -> None:
    text = (DOCS / "run-a-provider.md").read_text()
    rows = re.findall(r"^\| `--([a-z-]+)` \| `(\w+)` \| (.+) \|$", text, re.MULTILINE)
    assert rows == [
        (name.replace("_", "-"), field.validation_alias, field.description)
        for name, field in ProviderSettings.model_fields.items()
    ]


async def test_l39_the_copy_of_the_page_is_one_task_and_goes_on_in_the_next_process(copies: Any) -> None:
    first = copies()
    await first.__aenter__()
    task = (await first.start(WEB)).task
    assert (await first.start(WEB)).task == task
    await asyncio.sleep(0)
    assert await first.task(task) == TaskState(done=False, percent=10)
    # The process ends while the copy is under way.
    await first.__aexit__()
    async with copies() as second:
        second.released.set()
        async with asyncio.timeout(10):
            while not (state := await second.task(task)).done:  # noqa: ASYNC110 - the port is asked
                await asyncio.sleep(0)
        assert (state, second.done, first.done) == (TaskState(done=True, percent=100, machine=WEB), {WEB: 1}, {})

"""The provider of the tutorial is a provider: its code is put together, served over mutual TLS, and conforms."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from virtrigaud_api.contract import TAXONOMY

TUTORIAL = Path(__file__).parents[4] / "docs/providers/write-your-own.md"
ABOUT_A_HUNDRED = 130


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The pieces of the tutorial as the file that it says they are."""
    pieces = re.findall(r"```python\n(.*?)```", TUTORIAL.read_text(), re.DOTALL)
    path = tmp_path / "shelf_provider.py"
    path.write_text("\n\n".join(pieces))
    return path


def test_the_provider_of_the_tutorial_keeps_every_promise_over_mutual_tls(
    suite: Callable[..., Any], program: Path
) -> None:
    image = ("--provider-image", "template:debian-13")
    run = suite("--provider-program", f"python {program}", *image)
    assert (run.status, run.failed) == (0, frozenset()), run.output
    absent = set(re.findall(r"^skipped \d+: capability not advertised: (?!disk type)(.*)$", run.output, re.MULTILINE))
    # What it does not have is named; the facets that it has are not among that.
    assert absent >= {"snapshots", "clones", "images", "disk transfer", "suspend"}
    assert "watch" not in absent
    assert len(run.passed) > 150


def test_the_provider_of_the_tutorial_is_short_and_typed(program: Path) -> None:
    lines = [line for line in program.read_text().splitlines() if line.strip()]
    assert len(lines) < ABOUT_A_HUNDRED
    mypy = shutil.which("mypy", path=str(Path(sys.executable).parent))
    assert mypy is not None
    command = [mypy, "--strict", "--no-incremental", "--config-file=", program]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=170, check=False)
    assert checked.returncode == 0, checked.stdout


def test_the_errors_of_the_tutorial_are_the_taxonomy() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", TUTORIAL.read_text(), re.MULTILINE)
    assert rows == [(error.__name__, error.recovery.value) for error in TAXONOMY]

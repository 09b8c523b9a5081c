"""The programs in the README do what it says."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def test_there_are_programs_in_the_readme() -> None:
    assert len(PROGRAMS) >= 2


@pytest.mark.parametrize("program", PROGRAMS, ids=range(len(PROGRAMS)))
def test_a_program_of_the_readme_runs_and_holds_its_assertions(program: str) -> None:
    exec(compile(program, str(README), "exec"), {})  # noqa: S102 - it is ours, and this is its test

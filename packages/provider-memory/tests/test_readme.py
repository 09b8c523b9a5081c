"""The code of the README runs, and its console examples name flags that exist."""

import re
import subprocess
import sys
from pathlib import Path

from virtrigaud_provider_memory import MemorySettings

README = (Path(__file__).parent.parent / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_example_prints_what_it_says() -> None:
    (example,) = blocks("python")
    answer = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, check=True, timeout=20)
    assert answer.stdout.splitlines() == [
        "cannot create: this failure was ordered",
        "Submitted(machine='vm-1', task=None, state=None)",
        "['web', 'somebody-elses']",
    ]


def test_every_flag_is_a_setting() -> None:
    text = "".join(block for block in blocks("console") if "pytest" not in block) + README
    flags = set(re.findall(r"--([a-z][a-z-]+)", text)) - {"help", "pyargs", "provider-address", "provider-tls"}
    assert flags <= {name.replace("_", "-") for name in MemorySettings.model_fields}

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # providers_under_test, broken_providers
SERVER_NAME = "provider.test"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the suite, as its user sees it."""

    status: int
    output: str
    passed: frozenset[str]
    failed: frozenset[str]
    skipped: frozenset[str]


def _cases(junit: Path) -> list[ET.Element]:
    return list(ET.parse(junit).iter("testcase")) if junit.exists() else []  # noqa: S314 - our own file


Suite = Callable[..., Run]


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    """Run the conformance suite as its user does: pytest in a process of its own."""

    def run(*arguments: str) -> Run:
        junit = tmp_path / "junit.xml"
        command = [sys.executable, "-m", "pytest", "--pyargs", "virtrigaud_provider_sdk.conformance"]
        answer = subprocess.run(
            [*command, f"--junit-xml={junit}", "-p", "no:cacheprovider", *arguments],
            cwd=HERE,
            capture_output=True,
            text=True,
            timeout=170,
            check=False,
        )
        outcomes: dict[str, set[str]] = {"passed": set(), "failed": set(), "skipped": set()}
        for case in _cases(junit):
            kinds = {child.tag for child in case}
            outcome = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
            outcomes[outcome].add(case.get("name", ""))
        sets = {outcome: frozenset(names) for outcome, names in outcomes.items()}
        return Run(answer.returncode, answer.stdout + answer.stderr, sets["passed"], sets["failed"], sets["skipped"])

    return run


@pytest.fixture
def certificates(tmp_path: Path, authority: Any) -> Path:
    """Make a directory with tls.crt, tls.key and ca.crt, good for both sides."""
    directory = tmp_path / "certificates"
    directory.mkdir()
    ca = authority("conformance CA")
    identity = ca.issue(SERVER_NAME)
    (directory / "tls.crt").write_bytes(identity.certificate)
    (directory / "tls.key").write_bytes(identity.key)
    (directory / "ca.crt").write_bytes(ca.certificate)
    return directory

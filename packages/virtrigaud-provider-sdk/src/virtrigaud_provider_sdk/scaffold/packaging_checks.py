"""What VirtRigaud needs of an installed provider: names, types, metadata, dependencies, a program that answers.

`__main__` prints the findings. Only the installed distribution is looked at, as users will have it.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import Distribution, EntryPoint, PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Final, cast

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from virtrigaud_provider_sdk.scaffold.provider_name import GROUP, ProviderName

SDK: Final = "virtrigaud-provider-sdk"
OLDEST_PYTHON: Final = "3.10"
FOREIGN: Final = frozenset({"kopf", "kubernetes", "virtrigaud-cli", "virtrigaud-localkube", "virtrigaud-manager"})
"""What no provider needs: it never sees Kubernetes."""

_ANSWER_SECONDS: Final = 60


class NotInstalled(Exception):
    """There is no distribution to check; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked.

    Attributes:
        subject: What was looked at.
        wrong: What is wrong with it and how to make it right; empty when it is well.
    """

    subject: str
    wrong: str = ""


def check_packaging(name: ProviderName) -> Iterator[Finding]:
    """Check the installed distribution of a provider.

    Raises:
        NotInstalled: There is none in this environment.
    """
    try:
        installed = distribution(name.program)
    except PackageNotFoundError as error:
        raise NotInstalled(
            f"{name.program} is not installed beside {sys.executable}; in its project run `uv sync`, or `pip install .`"
        ) from error
    points = list(installed.entry_points)
    yield _entry_point(name, points)
    yield _console_script(name, points)
    yield _types(name)
    yield from _metadata(installed)
    yield from _dependencies(installed)
    yield _answers(name, "--version", f"{name.program} {installed.version}")
    yield _answers(name, "--help", "--health-port")


def _entry_point(name: ProviderName, points: list[EntryPoint]) -> Finding:
    subject = f"entry point {name.type} of group {GROUP}"
    point = next((point for point in points if (point.group, point.name) == (GROUP, name.type)), None)
    if point is None:
        return Finding(subject, f'missing; add [project.entry-points."{GROUP}"] {name.type} = "{name.module}...:main"')
    try:
        loaded = point.load()
    except Exception as error:  # noqa: BLE001 - whatever the import of a stranger's module raises
        return Finding(subject, f"{point.value} can't be loaded: {type(error).__name__}: {error}")
    return Finding(subject, "" if callable(loaded) else f"{point.value} is nothing that can be called")


def _console_script(name: ProviderName, points: list[EntryPoint]) -> Finding:
    subject = f"console script {name.program}"
    found = any((point.group, point.name) == ("console_scripts", name.program) for point in points)
    return Finding(subject, "" if found else f'missing; add [project.scripts] {name.program} = "{name.module}...:main"')


def _types(name: ProviderName) -> Finding:
    subject = f"types of {name.module} (py.typed)"
    spec = find_spec(name.module)
    if spec is None:
        return Finding(subject, f"there is no module {name.module}")
    folders = spec.submodule_search_locations or ()
    found = any((Path(folder) / "py.typed").is_file() for folder in folders)
    return Finding(subject, "" if found else f"missing; add an empty file py.typed to {name.module}")


def _metadata(installed: Distribution) -> Iterator[Finding]:
    # Its own type promises less than the message that it is.
    said = cast("Message", installed.metadata)
    for field, alternatives in (
        ("description", ("Summary",)),
        ("readme", ("Description",)),
        ("license", ("License-Expression", "License")),
    ):
        missing = not any((said.get(key) or "").strip() for key in alternatives)
        yield Finding(f"metadata {field}", "missing in [project]" if missing else "")
    python = said.get("Requires-Python")
    well = python is not None and OLDEST_PYTHON not in SpecifierSet(python)
    yield Finding("metadata requires-python", "" if well else f"is {python}; the SDK needs >=3.11")


def _dependencies(installed: Distribution) -> Iterator[Finding]:
    wanted = [Requirement(text) for text in installed.requires or ()]
    needed = {requirement.name: requirement for requirement in wanted if requirement.marker is None}
    sdk = needed.get(SDK)
    bounded = sdk is not None and any(part.operator in {"<", "<=", "~="} for part in sdk.specifier)
    yield Finding(f"dependency {SDK}", "" if bounded else "must be there with an upper bound, such as >=0.1,<1")
    foreign = sorted(FOREIGN & set(needed))
    yield Finding("no dependency on Kubernetes or the manager", f"{', '.join(foreign)}" if foreign else "")


def _answers(name: ProviderName, flag: str, expected: str) -> Finding:
    subject = f"{name.program} {flag}"
    program = Path(sys.executable).parent / name.program
    try:
        run = subprocess.run(  # noqa: S603 - no shell
            [program, flag], capture_output=True, text=True, timeout=_ANSWER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding(subject, f"does not answer: {error}")
    if run.returncode != 0 or expected not in run.stdout:
        said = (run.stdout + run.stderr).strip().splitlines()
        return Finding(subject, f"answers with status {run.returncode} and without '{expected}': {' '.join(said[-1:])}")
    return Finding(subject)

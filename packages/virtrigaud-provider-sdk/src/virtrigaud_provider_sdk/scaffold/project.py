"""Writes the project of a new provider from the files in `template`. Nothing that exists is overwritten.

A template's name ends with `.template`; in its text `@{name}` is replaced, and the folder `module` is named
after the package. `gitignore` and `dockerignore` get their dot here, so that they mean nothing in this package.
"""

import re
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.metadata import version
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from typing import Final

from virtrigaud_provider_sdk.scaffold.provider_name import ProviderName

_SUFFIX: Final = ".template"
_PLACEHOLDER: Final = re.compile(r"@\{(\w+)\}")
_MODULE_FOLDER: Final = "module"
_DOTTED: Final = frozenset({"gitignore", "dockerignore"})


class ProjectExists(Exception):
    """Something is where the project should be written; the message names it."""


def write_project(name: ProviderName, parent: Path) -> Path:
    """Write the project into a folder of its own.

    Args:
        name: The provider.
        parent: Where the folder is made; it is made too where it does not exist.

    Raises:
        ProjectExists: There is something of that name; nothing was written.
        OSError: The files can't be written.
    """
    project = parent / name.program
    if project.is_symlink() or (project.exists() and (not project.is_dir() or any(project.iterdir()))):
        raise ProjectExists(f"{project} exists and is not an empty folder; nothing was written")
    values = _values(name)
    root = resources.files("virtrigaud_provider_sdk.scaffold") / "template"
    for path, template in _templates(root, PurePosixPath()):
        target = project / _target(path, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(_PLACEHOLDER.sub(lambda match: values[match[1]], template.read_text(encoding="utf-8")))
    return project


def _templates(folder: Traversable, at: PurePosixPath) -> Iterator[tuple[PurePosixPath, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _templates(entry, at / entry.name)
        elif entry.name.endswith(_SUFFIX):
            yield at / entry.name.removesuffix(_SUFFIX), entry


def _target(path: PurePosixPath, name: ProviderName) -> Path:
    parts = [name.module if part == _MODULE_FOLDER else part for part in path.parts]
    parts[-1] = f".{parts[-1]}" if parts[-1] in _DOTTED else parts[-1]
    return Path(*parts)


def _values(name: ProviderName) -> Mapping[str, str]:
    major, minor = version("virtrigaud-provider-sdk").split(".")[:2]
    return {
        "type": name.type,
        "program": name.program,
        "module": name.module,
        "Class": name.class_prefix,
        "ENV": name.environment_prefix,
        "title": name.title,
        "sdk_floor": f"{major}.{minor}",
        "sdk_ceiling": str(int(major) + 1),
    }

"""`python -m virtrigaud_api.crd`: write the CustomResourceDefinitions, or check that they are up to date."""

import argparse
import difflib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from virtrigaud_api.crd.custom_resource import custom_resource_yaml, file_name
from virtrigaud_api.v1beta1 import KINDS

_CHART = Path("charts/virtrigaud/crds")
_DESCRIPTION = "Write the CustomResourceDefinitions of all kinds, or check that they are up to date."


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the files; return the exit status of the process."""
    parser = argparse.ArgumentParser(prog="python -m virtrigaud_api.crd", description=_DESCRIPTION)
    parser.add_argument("--check", action="store_true", help="write nothing; fail with a diff when files differ")
    parser.add_argument("--output", type=Path, default=_CHART, metavar="DIR", help="folder of the files (%(default)s)")
    options = parser.parse_args(arguments)
    wanted = {options.output / file_name(kind): custom_resource_yaml(kind) for kind in KINDS}
    return _check(wanted) if options.check else _write(wanted)


def _write(wanted: Mapping[Path, str]) -> int:
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path}\n")
    return 0


def _check(wanted: Mapping[Path, str]) -> int:
    differences = [line for path, text in wanted.items() for line in _difference(path, text)]
    sys.stdout.writelines(differences)
    if differences:
        sys.stderr.write("the CustomResourceDefinitions are not up to date; run `make crds`\n")
        return 1
    sys.stdout.write(f"{len(wanted)} CustomResourceDefinitions are up to date\n")
    return 0


def _difference(path: Path, text: str) -> list[str]:
    found = path.read_text(encoding="utf-8") if path.exists() else ""
    return list(
        difflib.unified_diff(
            found.splitlines(keepends=True), text.splitlines(keepends=True), str(path), f"{path} (generated)"
        )
    )


if __name__ == "__main__":
    sys.exit(main())

"""Every test can be collected in one run: what the packages' tests import by its bare name is there once."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def imported_by(path: Path) -> Iterator[str]:
    """The modules that a file imports, as it spells them."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import(names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module
            case _:
                pass


def test_a_module_that_tests_share_has_a_name_of_its_own() -> None:
    files = sorted(ROOT.glob("packages/*/tests/**/*.py"))
    places = defaultdict(list)
    for path in files:
        places[path.stem].append(str(path.relative_to(ROOT)))
    shared = {name for path in files for name in imported_by(path)} & places.keys()
    assert "libvirt_specs" in shared
    assert {name: places[name] for name in shared if len(places[name]) > 1} == {}

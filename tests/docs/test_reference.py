"""The reference is up to date, and what it says about who honours a field is what the code does."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from virtrigaud_api.crd.custom_resource import custom_resource_definition
from virtrigaud_api.crd.schema_rows import schema_rows
from virtrigaud_api.crd.validation_rules import RULES
from virtrigaud_api.v1beta1 import KINDS

from tools.reference.__main__ import FOLDER, pages
from tools.reference.fields_page import KINDS as TABLE_KINDS
from tools.reference.fields_page import leaves_of
from tools.reference.honoured import Honours, manager_refusals, read_honours

ROOT = Path(__file__).resolve().parents[2]
PROVIDERS = ("memory", "libvirt")


@pytest.fixture(scope="module")
def honours() -> Honours:
    return read_honours()


def spec_paths() -> set[str]:
    """Every field of every spec, without list markers: `VMClass.diskDefaults.size`."""
    found = set[str]()
    for kind in KINDS:
        [version] = custom_resource_definition(kind)["spec"]["versions"]
        schema = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
        for row in schema_rows(schema, ""):
            found.add(f"{kind.names.kind}{row.path}".replace("[]", "").replace("{}", ""))
    return found


def refused_in_tests(provider: str) -> set[str]:
    """The fields of a machine that the provider's own tests see refused, because it can't do them."""
    tree = ast.parse((ROOT / "packages" / f"provider-{provider}" / "tests" / "test_fields.py").read_text())
    found: set[str] | None = None
    for node in tree.body:
        match node:
            case ast.AnnAssign(
                target=ast.Name(id="REFUSED" | "REFUSED_SOURCES"), value=ast.Dict(keys=keys, values=values)
            ):
                refused = zip(keys, values, strict=True)
                found = (found or set()) | {
                    ast.literal_eval(key) for key, error in refused if key and is_unsupported(error)
                }
            case _:
                continue
    assert found is not None, f"{provider} has no table of refused fields"
    return found


def is_unsupported(error: ast.expr) -> bool:
    return isinstance(error, ast.Name) and error.id == "Unsupported"


def listed(honours: Honours) -> Iterator[str]:
    tables: list[Mapping[str, Any]] = [honours.manager, honours.people, honours.nobody]
    yield from (f"{kind}.{path}" for table in tables for kind, paths in table.items() for path in paths)
    yield from (*honours.only, *honours.note, *(path for paths in honours.refused.values() for path in paths))


def within(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}.")


def test_every_page_is_up_to_date() -> None:
    assert {path.name: path.read_text() for path in FOLDER.glob("*.md")} == pages()


def test_every_field_that_the_table_names_exists(honours: Honours) -> None:
    assert set(listed(honours)) - spec_paths() == set()


def test_l19_what_the_manager_refuses_is_not_said_to_be_honoured(honours: Honours) -> None:
    refusals = [(kind, path) for kind, paths in manager_refusals().items() for path in paths]
    assert len(refusals) > 30
    assert {honours.of(kind, path).partition(";")[0] for kind, path in refusals} == {"nobody yet"}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_l19_what_a_provider_refuses_is_what_the_reference_says(honours: Honours, provider: str) -> None:
    said, seen = set(honours.refused[provider].values()), refused_in_tests(provider)
    assert {path for path in seen if not any(within(path, place) for place in said)} == set()
    assert {place for place in said if not any(within(path, place) for path in seen)} == set()


def test_the_reference_speaks_of_every_provider_that_there_is(honours: Honours) -> None:
    packages = {path.name.removeprefix("provider-") for path in (ROOT / "packages").glob("provider-*")}
    assert set(honours.providers) == packages == set(PROVIDERS)


def test_l19_every_leaf_is_in_the_table_of_fields_and_each_provider_says_something_of_it(honours: Honours) -> None:
    page = (FOLDER / "fields.md").read_text()
    rows = {line.split("|")[1].strip(): line for line in page.splitlines() if line.startswith("| `")}
    answers = {"yes", "refused", "the manager", "for people", "not read"}
    for kind in TABLE_KINDS:
        leaves = list(leaves_of(kind))
        assert len(leaves) > 5
        for leaf in leaves:
            cells = [cell.strip() for cell in rows[f"`{leaf.path}`"].split("|")[2 : 2 + len(PROVIDERS)]]
            assert set(cells) <= answers, leaf.path
            assert tuple(honours.by_provider(kind.names.kind, leaf.path)) != ()


def test_every_rule_is_on_a_page() -> None:
    text = "".join(pages().values())
    messages = {rule.message.replace("*", "\\*") for rules in RULES.values() for rule in rules}
    assert {message for message in messages if message not in text} == set()

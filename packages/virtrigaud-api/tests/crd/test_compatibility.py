"""The generated definitions against the interface facts of the Go project, fact by fact."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from virtrigaud_api.crd.custom_resource import custom_resource_definition
from virtrigaud_api.crd.schema_rows import schema_rows
from virtrigaud_api.v1beta1 import KINDS, KubeObject

FACTS = Path(__file__).parents[1] / "facts"
DOCUMENT = Path(__file__).parents[4] / "docs" / "compatibility.md"

NOTHING = "-"
EVERY_KIND = "every kind"
KEYWORD_OF_COLUMN = {
    "type": "type",
    "format": "format",
    "required": "required",
    "default": "default",
    "enum": "enum",
    "minimum": "minimum",
    "maximum": "maximum",
    "minLength": "minLength",
    "maxLength": "maxLength",
    "pattern": "pattern",
    "minItems": "minItems",
    "maxItems": "maxItems",
    "minProperties": "minProperties",
    "maxProperties": "maxProperties",
    "preserve_unknown": "preserve unknown",
    "nullable": "nullable",
    "list_type": "list type",
    "list_map_keys": "list map keys",
    "map_type": "map type",
    "cel_rules": "rules",
}


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    kind: str
    field: str
    keyword: str
    go: str
    here: str


def facts(name: str) -> list[dict[str, str]]:
    with (FACTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def fact_text(column: str, value: str) -> str:
    match column, value:
        case "required" | "preserve_unknown" | "nullable", _:
            return {"y": "true", "n": NOTHING}[value]
        case _, "":
            return NOTHING
        case "enum", _:
            return ",".join(sorted(value.split(",")))
        case _:
            return value


def counted(rules: list[str]) -> str:
    return "1 rule" if len(rules) == 1 else f"{len(rules)} rules"


def our_text(keyword: str, value: Any) -> str:
    match keyword, value:
        case _, None:
            return NOTHING
        case "default", _:
            return json.dumps(value)
        case "enum", _:
            return ",".join(sorted(value))
        case _, list():
            return counted(value) if keyword == "rules" else ", ".join(value)
        case _, bool():
            return json.dumps(value)
        case _:
            return str(value)


def our_fields(kind: type[KubeObject]) -> Mapping[str, Mapping[str, Any]]:
    [version] = custom_resource_definition(kind)["spec"]["versions"]
    return {row.path: row.keywords for row in schema_rows(version["schema"]["openAPIV3Schema"])}


def compared(kind: type[KubeObject]) -> Iterator[Difference]:
    """Every keyword that either side has, for the fields that Go has."""
    ours = our_fields(kind)
    for fact in facts("crd-fields.tsv"):
        if fact["kind"] == kind.names.kind and fact["path"] in ours:
            for column, keyword in KEYWORD_OF_COLUMN.items():
                go = fact_text(column, fact[column])
                here = our_text(keyword, ours[fact["path"]].get(keyword))
                yield Difference(kind.names.kind, fact["path"], keyword, go, here)


def new_fields(kind: type[KubeObject]) -> Mapping[str, Mapping[str, Any]]:
    go = {fact["path"] for fact in facts("crd-fields.tsv") if fact["kind"] == kind.names.kind}
    return {path: keywords for path, keywords in our_fields(kind).items() if path not in go}


def tables(heading: str) -> Iterator[list[str]]:
    """The rows of the table below a heading of the document, cell by cell."""
    [section] = [part for part in DOCUMENT.read_text(encoding="utf-8").split("\n## ") if part.startswith(heading)]
    for line in section.splitlines():
        if line.startswith("| ") and not line.startswith("| kind "):
            cells = re.split(r"(?<!\\)\|", line.strip("|\n"))
            yield [cell.strip().strip("`").replace(r"\|", "|") for cell in cells]


def kinds_named(cell: str) -> list[str]:
    return [kind.names.kind for kind in KINDS] if cell == EVERY_KIND else [cell]


def listed_differences() -> list[Difference]:
    return sorted(
        Difference(kind, field, keyword, go, here)
        for kinds, field, keyword, go, here, _why in tables("Differences in the schemas")
        for kind in kinds_named(kinds)
    )


def test_every_difference_from_go_is_listed_with_its_reason_and_nothing_else_is() -> None:
    found = sorted(row for kind in KINDS for row in compared(kind) if row.go != row.here)
    assert found == listed_differences()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.names.kind)
def test_no_field_of_go_is_missing(kind: type[KubeObject]) -> None:
    wanted = {fact["path"] for fact in facts("crd-fields.tsv") if fact["kind"] == kind.names.kind}
    assert len(wanted) > 50
    assert wanted - our_fields(kind).keys() == set()


def test_every_new_field_is_listed() -> None:
    added = [(kind.names.kind, path) for kind in KINDS for path in new_fields(kind)]
    assert added == [(kind, field) for kind, field, _why in tables("Fields that are new")]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.names.kind)
def test_a_new_field_is_optional_unless_what_it_is_in_is_new_too(kind: type[KubeObject]) -> None:
    new = new_fields(kind)
    required = {path for path, keywords in new.items() if "required" in keywords}
    assert {path for path in required if path.rpartition(".")[0] not in new} == set()


def test_the_document_counts_the_facts_as_they_are() -> None:
    rows = [row for kind in KINDS for row in compared(kind) if (row.go, row.here) != (NOTHING, NOTHING)]
    same = sum(row.go == row.here for row in rows)
    sentence = f"{same} facts are the same, {len(rows) - same} differ on purpose, 0 are missing."
    assert sentence in " ".join(DOCUMENT.read_text(encoding="utf-8").split())


def our_meta(kind: type[KubeObject]) -> Iterator[tuple[str, ...]]:
    spec = custom_resource_definition(kind)["spec"]
    [version] = spec["versions"]
    yield "names", spec["group"], version["name"], *(spec["names"][key] for key in ("plural", "singular", "listKind"))
    yield "short names", *spec["names"]["shortNames"]
    yield "served and stored", spec["scope"], str(version["served"]), str(version["storage"])
    for name, paths in version["subresources"].items():
        yield from (("subresource", f"{name}.{key}", path) for key, path in sorted(paths.items()))
        yield from [] if paths else [("subresource", name, "")]
    for column in version["additionalPrinterColumns"]:
        yield "column", column["name"], column["type"], column["jsonPath"]


def go_meta(kind: type[KubeObject]) -> Iterator[tuple[str, ...]]:
    left_out = {(kind, name) for kind, name, *_ in tables("The definitions themselves")}
    rows = [row for row in facts("crd-meta.tsv") if row["kind"] == kind.names.kind]
    first = rows[0]
    yield "names", *(first[key] for key in ("group", "version", "plural", "singular", "list_kind"))
    yield "short names", first["short_names"]
    yield "served and stored", first["scope"], str(first["served"] == "y"), str(first["storage"] == "y")
    for row in rows:
        if row["row_type"] == "subresource" and (kind.names.kind, row["name"] or row["type"]) not in left_out:
            yield "subresource", row["name"], row["json_path"]
        if row["row_type"] == "printer_column":
            yield "column", row["name"], row["type"], row["json_path"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.names.kind)
def test_names_subresources_and_columns_are_those_of_go(kind: type[KubeObject]) -> None:
    assert list(our_meta(kind)) == list(go_meta(kind))


def test_the_category_is_the_listed_one() -> None:
    categories = {tuple(custom_resource_definition(kind)["spec"]["names"]["categories"]) for kind in KINDS}
    [(_, _, go, here, _)] = [row for row in tables("The definitions themselves") if row[1] == "categories"]
    assert (go, categories) == (NOTHING, {(here,)})

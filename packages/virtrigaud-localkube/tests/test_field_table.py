import importlib.util
import json
import re
from pathlib import Path

import pytest
from virtrigaud_localkube.http.protobuf import numbered
from virtrigaud_localkube.registry.builtin import builtin_resources
from virtrigaud_localkube.registry.field_table import table, type_node

TOOL = Path(__file__).parent.parent / "tools" / "extract_fields.py"
COMMITTED = Path(__file__).parent.parent / "src/virtrigaud_localkube/registry/fields.tsv"
FACTS = COMMITTED.parent / "field_facts.json"

# Definitions are sent as JSON only, managed fields hold JSON, and what Jobs say about gangs is alpha.
DEFINITION = "CustomResourceDefinition"
OTHERWISE = {"ManagedFieldsEntry", "JobSchedulingConfiguration"}


def numbered_names(name: str) -> set[str]:
    """The fields of a type that have a number, with those of the types that stand in their place."""
    entries = numbered(name).values()
    inlined = [numbered_names(field) for field, mark in entries if mark == "+"]
    return {field for field, mark in entries if mark != "+"}.union(*inlined)


def test_the_committed_table_is_what_the_official_client_says() -> None:
    spec = importlib.util.spec_from_file_location("extract_fields", TOOL)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert COMMITTED.read_text() == tool.table()


@pytest.mark.parametrize("kind", sorted({resource.kind for resource in builtin_resources()}))
def test_every_built_in_kind_has_metadata_and_is_closed(kind: str) -> None:
    node = type_node(kind)
    assert {"apiVersion", "kind", "metadata"} <= set(node.properties)
    assert not node.keeps_unknown


def test_every_fact_is_about_a_field_that_there_is() -> None:
    known = {f"{name}.{field.name}" for name, fields in table().items() for field in fields} | set(table())
    assert [place for place in json.loads(FACTS.read_bytes()) if place not in known] == []


def test_every_type_that_a_field_names_is_in_the_table() -> None:
    assert [name for name in table() if type_node(name).type_name != name] == []


@pytest.mark.parametrize("kind", sorted({resource.kind for resource in builtin_resources()} - {DEFINITION}))
def test_every_field_of_a_built_in_kind_has_a_number_in_protobuf(kind: str) -> None:
    waiting, seen = [kind], {kind, *OTHERWISE}
    while waiting:
        name = waiting.pop()
        fields = {field.name for field in table()[name]} - {"apiVersion", "kind"}
        assert fields <= numbered_names(name), name
        inner = {re.sub(r"list<|map<|>", "", field.of) for field in table()[name]} & set(table()) - seen
        seen |= inner
        waiting += inner

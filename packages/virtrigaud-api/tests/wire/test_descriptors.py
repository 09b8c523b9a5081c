"""The generated descriptors against the facts of the Go project's provider.proto, row by row."""

import csv
from pathlib import Path
from typing import Final

import pytest
from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor, MethodDescriptor
from virtrigaud_api.wire.generated import provider_pb2 as pb2

FACTS: Final = Path(__file__).parent.parent / "facts" / "proto-fields.tsv"
FIRST_OWN_NUMBER: Final = 1000

Row = dict[str, str]

TYPES: Final = {
    FieldDescriptor.TYPE_BOOL: "bool",
    FieldDescriptor.TYPE_BYTES: "bytes",
    FieldDescriptor.TYPE_INT32: "int32",
    FieldDescriptor.TYPE_INT64: "int64",
    FieldDescriptor.TYPE_STRING: "string",
}


def rows(row_type: str) -> list[Row]:
    with FACTS.open(newline="") as file:
        reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row for row in reader if row["row_type"] == row_type]


def name_of(row: Row) -> str:
    return f"{row['parent']}.{row['name']}".strip(".")


def type_of(field: FieldDescriptor) -> str:
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        key, value = field.message_type.fields_by_name["key"], field.message_type.fields_by_name["value"]
        return f"map<{type_of(key)},{type_of(value)}>"
    named = field.message_type or field.enum_type
    return named.name if named is not None else TYPES[field.type]


def label_of(field: FieldDescriptor) -> str:
    if type_of(field).startswith("map<"):
        return "map"
    return "repeated" if field.is_repeated else "singular"


def method(row: Row) -> MethodDescriptor:
    return pb2.DESCRIPTOR.services_by_name[row["parent"]].methods_by_name[row["name"]]


def enum(row: Row) -> EnumDescriptor:
    return pb2.DESCRIPTOR.enum_types_by_name[row["parent"]]


def test_the_file_has_the_package_and_the_options_of_the_facts() -> None:
    options = {row["name"]: row["type"] for row in rows("option")}
    assert [row["name"] for row in rows("package")] == [pb2.DESCRIPTOR.package]
    assert options == {"go_package": pb2.DESCRIPTOR.GetOptions().go_package}


@pytest.mark.parametrize("row", rows("field"), ids=name_of)
def test_a_field_has_the_number_type_label_and_json_name_of_the_facts(row: Row) -> None:
    field = pb2.DESCRIPTOR.message_types_by_name[row["parent"]].fields_by_name[row["name"]]
    assert (str(field.number), type_of(field), label_of(field), field.json_name) == (
        row["number"],
        row["type"],
        row["label"],
        row["json_name"],
    )


@pytest.mark.parametrize("row", rows("rpc"), ids=name_of)
def test_an_rpc_has_the_request_response_and_path_of_the_facts(row: Row) -> None:
    found = method(row)
    path = f"/{found.containing_service.full_name}/{found.name}"
    streaming = "stream" if found.client_streaming or found.server_streaming else "unary"
    assert (found.input_type.name, found.output_type.name, path, streaming) == (
        row["rpc_request"],
        row["rpc_response"],
        row["full_name"],
        row["streaming"],
    )


@pytest.mark.parametrize("row", rows("enum_value"), ids=name_of)
def test_an_enum_value_has_the_number_of_the_facts(row: Row) -> None:
    assert str(enum(row).values_by_name[row["name"]].number) == row["number"]


def test_every_message_enum_and_service_of_the_facts_is_there() -> None:
    ours = pb2.DESCRIPTOR
    assert {row["name"] for row in rows("message")} <= set(ours.message_types_by_name)
    assert {row["name"] for row in rows("enum")} <= set(ours.enum_types_by_name)
    assert {row["name"] for row in rows("service")} <= set(ours.services_by_name)


def test_fields_that_we_add_to_a_message_of_the_facts_are_numbered_from_a_thousand() -> None:
    known = {name_of(row) for row in rows("field")}
    messages = [pb2.DESCRIPTOR.message_types_by_name[row["name"]] for row in rows("message")]
    added = [field for message in messages for field in message.fields if f"{message.name}.{field.name}" not in known]
    assert [field.full_name for field in added if field.number < FIRST_OWN_NUMBER] == []


def test_messages_enums_and_rpcs_that_we_add_are_these() -> None:
    ours = pb2.DESCRIPTOR
    added_messages = set(ours.message_types_by_name) - {row["name"] for row in rows("message")}
    added_enums = set(ours.enum_types_by_name) - {row["name"] for row in rows("enum")}
    added_rpcs = {name.name for name in ours.services_by_name["Provider"].methods} - {
        row["name"] for row in rows("rpc")
    }
    assert (added_messages, added_enums, added_rpcs) == (
        {
            "Owner",
            "MachinePlace",
            "WatchRequest",
            "MachineEvent",
            "GuestRunRequest",
            "TaskCancelRequest",
            "TaskCancelResponse",
            "FindMachineRequest",
            "FindMachineResponse",
            "ImageDescribeRequest",
            "ImageDescribeResponse",
            "ImageDeleteRequest",
        },
        {"MachineEventKind"},
        {"Watch", "TaskCancel", "GuestRun", "FindMachine", "ImageDescribe", "ImageDelete"},
    )

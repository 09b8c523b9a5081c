"""What a schema says about a document, as a function of both."""

from virtrigaud_localkube.schema.structural import compile_schema
from virtrigaud_localkube.schema.validation import validate


def test_a_rule_of_a_whole_object_sees_its_name_and_nothing_else_of_its_metadata() -> None:
    rule = {"rule": "self.metadata.name == 'one' && !has(self.metadata.labels)", "message": "no"}
    node = compile_schema(
        {
            "type": "object",
            "properties": {"metadata": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
            "x-kubernetes-validations": [rule],
        }
    )
    assert validate(node, {"metadata": {"name": "one", "labels": {"a": "b"}}}) == []
    assert [cause.message for cause in validate(node, {"metadata": {"name": "two"}})] == ['Invalid value: "object": no']


def test_a_text_is_judged_by_its_place_each_time() -> None:
    node = compile_schema(
        {
            "type": "object",
            "properties": {
                "color": {"type": "string", "enum": ["red", "blue"]},
                "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 4},
                "colors": {"type": "array", "items": {"type": "string", "enum": ["red"]}},
            },
        }
    )
    for _ in range(2):
        assert validate(node, {"color": "red", "name": "red", "colors": ["red"]}) == []
        assert validate(node, {"color": "blue", "name": "blue"}) == []
        faults = validate(node, {"color": "green", "name": "green", "colors": ["red", "blue"]})
        assert [fault.field for fault in faults] == ["color", "name", "colors[1]"]
        assert [fault.reason for fault in validate(node, {"color": 1, "name": ["red"]})] == [
            "FieldValueTypeInvalid"
        ] * 2


def test_only_some_texts_that_passed_are_remembered() -> None:
    text = {"type": "string", "pattern": "^a"}
    node = compile_schema({"type": "object", "properties": {"names": {"type": "array", "items": text}}})
    many = [f"a{number}" for number in range(1000)]
    for _ in range(2):
        assert validate(node, {"names": many}) == []
        assert [fault.field for fault in validate(node, {"names": [*many, "b"]})] == ["names[1000]"]
    items = node.properties["names"].items
    assert items is not None
    assert items.passed is not None
    assert len(items.passed) <= 256

"""One CEL rule of a schema, and the shapes that many rules have.

The modules `machine_rules`, `infrastructure_rules` and `operation_rules` write them; `validation_rules` puts them
together.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition that must hold, what is said when it does not, and the field that is to blame."""

    condition: str
    message: str
    field_path: str = ""

    def to_schema(self) -> dict[str, str]:
        """Write the rule as an item of x-kubernetes-validations."""
        rule = {"rule": self.condition, "message": self.message}
        return rule | ({"fieldPath": self.field_path} if self.field_path else {})


def exactly_one(fields: Sequence[str], message: str) -> Rule:
    """One of the fields is set, and no other."""
    return Rule(f"[{_presence(fields)}].exists_one(is_set, is_set)", message)


def at_least_one(fields: Sequence[str], message: str) -> Rule:
    """One of the fields is set, or several."""
    return Rule(" || ".join(f"has(self.{field})" for field in fields), message)


def immutable(field: str, message: str) -> Rule:
    """The field stays what it was when the object was made."""
    return Rule(f"self.{field} == oldSelf.{field}", message, f".{field}")


def immutable_optional(field: str, message: str) -> Rule:
    """The field stays what it was, or as absent as it was."""
    here, before = f"self.{field}", f"oldSelf.{field}"
    return Rule(
        f"has({here}) == has({before}) && (!has({here}) || {here} == {before})",
        message,
        f".{field}",
    )


def only_with(field: str, condition: str, message: str) -> Rule:
    """The field is set only where a condition holds."""
    return Rule(f"!has(self.{field}) || {condition}", message, f".{field}")


def needs(field: str, other: str, message: str) -> Rule:
    """The field is set only together with another one, which is the one that is missing."""
    return Rule(f"!has(self.{field}) || has(self.{other})", message, f".{other}")


def _presence(fields: Sequence[str]) -> str:
    return ", ".join(f"has(self.{field})" for field in fields)

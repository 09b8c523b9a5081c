"""CEL expressions in schemas and policies: compiled once for each text, evaluated on plain JSON values.

The library is loaded when the first expression appears, which keeps the start of the server fast. A rule with an
optional `oldSelf` is compiled inside a binding that makes it optional.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from virtrigaud_localkube.document import JsonValue


class ExpressionError(Exception):
    """An expression that does not compile, or does not evaluate."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of `x-kubernetes-validations`."""

    expression: str
    message: str = ""
    message_expression: str = ""
    reason: str = "FieldValueInvalid"
    field_path: str = ""
    is_transition: bool = False
    has_optional_old: bool = False

    @classmethod
    def parse(cls, rule: Mapping[str, Any]) -> "Rule":
        """Reads a rule as a definition spells it."""
        expression = rule["rule"]
        return cls(
            expression=expression,
            message=rule.get("message") or f"failed rule: {expression}",
            message_expression=rule.get("messageExpression") or "",
            reason=rule.get("reason") or "FieldValueInvalid",
            field_path=rule.get("fieldPath") or "",
            is_transition="oldSelf" in expression and not rule.get("optionalOldSelf"),
            has_optional_old=bool(rule.get("optionalOldSelf")),
        )

    @property
    def compiled(self) -> str:
        """The text that is compiled."""
        return optional_old_self(self.expression) if self.has_optional_old else self.expression


VALIDATION_VARIABLES = ("self", "oldSelf")


def optional_old_self(expression: str) -> str:
    """An expression to which `oldSelf` is an optional value; null, which no validated value is, stands for none."""
    return f"cel.bind(oldSelf, oldSelf == null ? optional.none() : optional.of(oldSelf), ({expression}))"


# Kubernetes demands this spelling of properties that are reserved words of CEL.
_ESCAPED_PROPERTY = re.compile(
    r"(?<=\.)__(true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package"
    r"|namespace|return)__\b"
)


@cache
def _environment(variables: tuple[str, ...]) -> JsonValue:
    # Loading the library takes longer than starting the server, and many servers never see an expression.
    from cel_expr_python import cel  # noqa: PLC0415
    from cel_expr_python.ext import ext_bindings, ext_encoders, ext_math, ext_optional, ext_strings  # noqa: PLC0415

    from virtrigaud_localkube.schema.cel_library import functions  # noqa: PLC0415

    extensions = [
        ext_math.ExtMath(),
        ext_strings.ExtStrings(),
        ext_optional.ExtOptional(),
        ext_bindings.ExtBindings(),
        ext_encoders.ExtEncoders(),
    ]
    return cel.NewEnv(variables=dict.fromkeys(variables, cel.Type.DYN), extensions=extensions, functions=functions())


@lru_cache(maxsize=4096)
def _program(expression: str, variables: tuple[str, ...]) -> JsonValue:
    return _environment(variables).compile(_ESCAPED_PROPERTY.sub(r"\1", expression))


def check(expression: str, variables: tuple[str, ...] = VALIDATION_VARIABLES) -> None:
    """Compiles an expression.

    Raises:
        ExpressionError: It is no valid CEL, or names a variable or function that is not there.
    """
    try:
        _program(expression, variables)
    except RuntimeError as error:
        first_line = str(error).splitlines()[0].removeprefix("INVALID_ARGUMENT: ")
        raise ExpressionError(first_line) from error


def evaluate(
    expression: str, values: Mapping[str, JsonValue], variables: tuple[str, ...] = VALIDATION_VARIABLES
) -> JsonValue:
    """The value of an expression for the given variables.

    Raises:
        ExpressionError: The expression fails on these values.
    """
    try:
        result = _program(expression, variables).eval(data=dict(values))
        value = result.value()
    except (RuntimeError, TypeError, ValueError) as error:
        raise ExpressionError(str(error).splitlines()[0]) from error
    if result.type().name() == "ERROR":
        raise ExpressionError(str(result).splitlines()[0])
    return value

"""A number of things, or a share of all of them, such as 2 or 25%. Written as it was read."""

import re
from dataclasses import dataclass
from typing import Final, cast

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

PERCENT_PATTERN: Final = "^(100|[1-9]?[0-9])%$"


@dataclass(frozen=True, slots=True)
class IntOrPercent:
    """A number of things, or a share of all of them."""

    text: str | int

    def __post_init__(self) -> None:
        if not _fits(self.text):
            raise ValueError(f"{self.text!r} is no share; write a number such as 2, or a percentage such as 25%")

    def of(self, total: int, *, round_up: bool) -> int:
        """Count how many of all things this is."""
        if isinstance(self.text, int):
            return self.text
        exact = int(self.text.removesuffix("%")) * total
        return -(-exact // 100) if round_up else exact // 100

    def __str__(self) -> str:
        return str(self.text)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _read, serialization=core_schema.plain_serializer_function_ser_schema(_write, when_used="json")
        )


def _fits(text: object) -> bool:
    if isinstance(text, int) and not isinstance(text, bool):
        return text >= 0
    return isinstance(text, str) and re.fullmatch(PERCENT_PATTERN, text) is not None


def _read(value: object) -> IntOrPercent:
    return value if isinstance(value, IntOrPercent) else IntOrPercent(cast("str", value))


def _write(value: IntOrPercent) -> str | int:
    return value.text

"""Kubernetes quantities (`4Gi`, `500m`, `2`) and Go durations (`1h30m`) as values that keep their spelling.

Both are written exactly as they were read, a quantity also as the number that it may have been. The
arithmetic follows the grammars of Kubernetes' resource.Quantity and of Go's time.ParseDuration.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Final, cast

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

QUANTITY_PATTERN: Final = (
    r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$"
)
DURATION_PATTERN: Final = r"^\+?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$"

KIB: Final = 1024
MIB: Final = KIB**2
GIB: Final = KIB**3

_MOST_UNITS = Decimal(2**63 - 1)
_QUANTITY = re.compile(r"^([+-]?[0-9.]+)([A-Za-z]*)([+-]?[0-9.]*)$")
_SUFFIXES = {
    "": Decimal(1),
    **{suffix: Decimal(10) ** (3 * (power - 3)) for power, suffix in enumerate("num")},
    **{suffix: Decimal(10) ** (3 * (power + 1)) for power, suffix in enumerate("kMGTPE")},
    **{f"{suffix}i": Decimal(KIB) ** (power + 1) for power, suffix in enumerate("KMGTPE")},
}
_DURATION_PART = re.compile(r"([0-9.]+)(ns|us|µs|μs|ms|s|m|h)")
_NANOSECONDS = {
    "ns": Decimal(1),
    "us": Decimal(10**3),
    "µs": Decimal(10**3),
    "μs": Decimal(10**3),
    "ms": Decimal(10**6),
    "s": Decimal(10**9),
    "m": Decimal(60 * 10**9),
    "h": Decimal(3600 * 10**9),
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount, such as `4Gi`, `1.5G`, `500m` or the number 2. Two spellings of one amount are not equal."""

    text: str | int

    def __post_init__(self) -> None:
        if isinstance(self.text, bool) or not (isinstance(self.text, int) or _spelled(QUANTITY_PATTERN, self.text)):
            raise ValueError(f"{self.text!r} is no quantity; write for example 4Gi, 1.5G, 500m or a whole number")
        if abs(self.amount) > _MOST_UNITS:
            raise ValueError(f"{self.text!r} is more than a quantity can hold (2^63-1)")

    @property
    def amount(self) -> Decimal:
        """The amount itself, without rounding."""
        if isinstance(self.text, int):
            return Decimal(self.text)
        [(number, suffix, exponent)] = _QUANTITY.findall(self.text)
        if exponent:
            return Decimal(number) * Decimal(10) ** min(Decimal(exponent), Decimal(100))
        return Decimal(number) * _SUFFIXES[suffix]

    @property
    def bytes(self) -> int:
        """Bytes, rounded up to a whole one."""
        return int(self.amount.to_integral_value(ROUND_CEILING))

    @property
    def mib(self) -> int:
        """MiB, rounded up: a machine never gets less than was asked for."""
        return -(-self.bytes // MIB)

    @property
    def gib(self) -> int:
        """GiB, rounded up: a disk is never smaller than was asked for."""
        return -(-self.bytes // GIB)

    def __str__(self) -> str:
        return str(self.text)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return _value_schema(cls)


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of time in Go's spelling, such as `30s`, `1h30m` or `1.5h`; never negative."""

    text: str

    def __post_init__(self) -> None:
        if not _spelled(DURATION_PATTERN, self.text):
            raise ValueError(f"{self.text!r} is no duration; write for example 30s, 5m or 1h30m")
        if self._nanoseconds > _MOST_UNITS:
            raise ValueError(f"{self.text!r} is more than a duration can hold (292 years)")

    @property
    def _nanoseconds(self) -> Decimal:
        parts = _DURATION_PART.findall(self.text)
        return sum((Decimal(number) * _NANOSECONDS[unit] for number, unit in parts), Decimal(0))

    @property
    def timedelta(self) -> timedelta:
        """The span as Python counts it, to the microsecond."""
        return timedelta(microseconds=int(self._nanoseconds / 1000))

    def __str__(self) -> str:
        return self.text

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return _value_schema(cls)


def _spelled(pattern: str, text: object) -> bool:
    return isinstance(text, str) and re.fullmatch(pattern, text) is not None


def _value_schema(value_type: type[Quantity] | type[Duration]) -> CoreSchema:
    """Accept the value itself or its text, and write the text."""

    def read(value: object) -> Quantity | Duration:
        return value if isinstance(value, value_type) else value_type(cast("str", value))

    def write(value: Quantity | Duration) -> str | int:
        return value.text

    return core_schema.no_info_plain_validator_function(
        read, serialization=core_schema.plain_serializer_function_ser_schema(write, when_used="json")
    )

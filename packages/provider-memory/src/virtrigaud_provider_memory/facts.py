"""What a person sees of a machine beyond its typed state: each wanted thing that is not the default.

The facts are taken from the fields of the values themselves, so that a field can't be forgotten.
Guest data may hold secrets: only its size is told.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Final

from virtrigaud_provider_memory.world import Machine

_TOLD_ELSEWHERE: Final = ("name", "owner.")
"""Facts that the typed state tells in any case."""


def facts_of(machine: Machine) -> dict[str, str]:
    """Return the machine's facts by the dotted names of the fields that they come from."""
    facts = {name: fact for name, fact in _facts("", machine.body.spec) if not name.startswith(_TOLD_ELSEWHERE)}
    if machine.body.customization is not None:
        facts |= _facts("customization.", machine.body.customization)
    if machine.boots:
        facts["boots"] = str(machine.boots)
    if machine.snapshots:
        facts["snapshots"] = ", ".join(snapshot.id for snapshot in machine.snapshots)
    return facts


def _facts(prefix: str, value: object) -> Iterator[tuple[str, str]]:
    for name, default in _defaults(type(value)):
        child = getattr(value, name)
        if child is not None and child != default:
            yield from _fact(prefix + name, child)


def _fact(name: str, value: object) -> Iterator[tuple[str, str]]:
    if is_dataclass(value):
        yield from _facts(f"{name}.", value)
    elif isinstance(value, Mapping):
        for key, child in value.items():
            yield from _fact(f"{name}.{key}", child)
    elif isinstance(value, tuple):
        for index, child in enumerate(value):
            yield from _fact(f"{name}.{getattr(child, 'name', index)}", child)
    elif isinstance(value, bytes):
        yield name, f"{len(value)} bytes"
    elif isinstance(value, Enum):
        yield name, str(value.value)
    else:
        yield name, str(value).lower() if isinstance(value, bool) else str(value)


def _read_defaults(kind: Any) -> tuple[tuple[str, object], ...]:  # noqa: ANN401 - dataclasses of many kinds
    """Return the names of a dataclass's fields, each with its default."""
    return tuple(
        (field.name, field.default if field.default_factory is MISSING else field.default_factory())
        for field in fields(kind)
    )


_defaults: Final[Callable[[Any], tuple[tuple[str, object], ...]]] = cache(_read_defaults)

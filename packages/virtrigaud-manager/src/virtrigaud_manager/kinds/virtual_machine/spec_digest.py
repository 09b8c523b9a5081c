"""Short digests of a MachineSpec, one for each group of fields: what changed since the provider took a spec.

They hold only what differs from the defaults, so that a field which a later version adds changes no digest;
and nothing of what is given once, at the creation: owner, boot source and the guest's data.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any

from virtrigaud_api.contract import MachineSpec

from virtrigaud_manager.kinds.virtual_machine.groups import Group, parts_of, rest_of

_LENGTH = 8
_REST = "machine"
_TEXTS = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def spec_digest(spec: MachineSpec) -> str:
    """Digest what of the spec can change after the creation, as `group=digest` pairs."""
    parts: dict[str, object] = {group.value: part for group, part in parts_of(spec).items()} | {_REST: rest_of(spec)}
    return ",".join(f"{name}={digest_of(part)}" for name, part in sorted(parts.items()))


def changed_groups(applied: str, wanted: str) -> frozenset[Group]:
    """Tell which groups differ between two digests; all of them where one is none."""
    before, after = _pairs(applied), _pairs(wanted)
    groups = (group for group in Group if group is not Group.POWER)
    return frozenset(group for group in groups if group not in before or before[group] != after.get(group))


def digest_of(value: object) -> str:
    """Return a short digest of nested frozen values."""
    return hashlib.sha256(_TEXTS.encode(_plain(value)).encode()).hexdigest()[:_LENGTH]


def _pairs(digest: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in digest.split(",") if "=" in pair)


def _plain(value: object) -> object:
    """Make JSON of nested frozen values, leaving out what is as by default."""
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(v) for name, default in _fields(type(value)) if (v := getattr(value, name)) != default}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    return value


@cache
def _fields(kind: Any) -> tuple[tuple[str, object], ...]:  # noqa: ANN401 - dataclasses of many kinds
    """Return the names of a dataclass's fields, each with its default."""
    return tuple((field.name, _default(field)) for field in dataclasses.fields(kind))


def _default(field: "dataclasses.Field[Any]") -> object:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default

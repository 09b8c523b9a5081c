"""A short digest of a MachineSpec: whether what the provider took last is still what is wanted.

It holds only what differs from the defaults, so that a field which a later version adds changes no
digest; and nothing of the guest's data, which is read once, may be secret, and is not applied again.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from enum import Enum
from typing import Any

from virtrigaud_api.contract import MachineSpec

_LENGTH = 16
_NOT_DIGESTED = frozenset({"owner", "boot", "guest"})


def spec_digest(spec: MachineSpec, *, boot: str) -> str:
    """Digest what of the spec can change after the creation; `boot` names what the machine boots from."""
    document = {
        field.name: _plain(getattr(spec, field.name))
        for field in dataclasses.fields(spec)
        if field.name not in _NOT_DIGESTED
    }
    text = json.dumps({**document, "boot": boot}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


def _plain(value: object) -> object:
    """Make JSON of nested frozen values, leaving out what is as by default."""
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {f.name: _plain(v) for f in fields if (v := getattr(value, f.name)) != _default(f)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value


def _default(field: "dataclasses.Field[Any]") -> object:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default

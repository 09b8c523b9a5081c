"""Who else has set something in the spec of an object that we made, by its `metadata.managedFields`. Pure.

The API server records for each writer which fields are its own (Kubernetes: Server-Side Apply, field management). What
its defaulting and its admission webhooks add belongs to whoever wrote, so that only what a person or another program
asked for is found here.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_FIELD: Final = "f:"
_ITEM: Final = "k:"
_VALUE: Final = "v:"
_ITSELF: Final = "."
_SPEC: Final = f"{_FIELD}spec"
_NOTES: Final = (f"{_FIELD}template", f"{_FIELD}metadata", f"{_FIELD}annotations")
"""Annotations of a pod template are how people restart pods; they are nobody's wish about the pods themselves."""


def foreign_writers(document: Mapping[str, Any], ours: str, wanted: Mapping[str, Any]) -> tuple[str, ...]:
    """Name those who set fields of the spec that are not wanted.

    Args:
        document: The object as it is.
        ours: The name that we write by.
        wanted: The spec as it shall be.
    """
    return tuple(dict.fromkeys(_writers(document, ours, wanted)))


def _writers(document: Mapping[str, Any], ours: str, wanted: Mapping[str, Any]) -> Iterator[str]:
    for entry in document.get("metadata", {}).get("managedFields") or ():
        fields = (entry.get("fieldsV1") or {}).get(_SPEC)
        if fields and entry.get("manager") != ours and _adds(fields, wanted, ()):
            yield str(entry.get("manager"))


def _adds(fields: Mapping[str, Any], wanted: object, path: tuple[str, ...]) -> bool:
    """Tell whether a set of fields has one that is not wanted."""
    if path == _NOTES:
        return False
    for name, inner in fields.items():
        if name == _ITSELF:
            continue
        there, child = _child(name, wanted)
        if not there and (*path, name) not in (_NOTES, _NOTES[:2]):
            return True
        if inner and _adds(inner, child, (*path, name)):
            return True
    return False


def _child(name: str, wanted: object) -> tuple[bool, object]:
    """Find what a path element of managedFields names, in the manifest; whether it is there, and what it is."""
    if name.startswith(_FIELD) and isinstance(wanted, Mapping):
        field = name.removeprefix(_FIELD)
        return field in wanted, wanted.get(field)
    if not isinstance(wanted, Sequence) or isinstance(wanted, str):
        return False, None
    if name.startswith(_ITEM):
        key = json.loads(name.removeprefix(_ITEM))
        found = [item for item in wanted if isinstance(item, Mapping) and key.items() <= item.items()]
        return bool(found), next(iter(found), None)
    if name.startswith(_VALUE):
        value = json.loads(name.removeprefix(_VALUE))
        return value in wanted, value
    return False, None

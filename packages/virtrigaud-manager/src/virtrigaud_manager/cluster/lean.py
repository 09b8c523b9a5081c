"""Objects as small as they can be kept: thousands of them stay in the cache for good.

`cache` calls it for each object that it takes in. What goes is what nobody here reads: who wrote which
field. What is shared is what pydantic makes anew for each part of each object, and what is nearly always
the same: the set of the names that were set, and the room for names that no model knows.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from virtrigaud_api.v1beta1.kube_model import KubeModel

M = TypeVar("M", bound=KubeModel)

MANAGED_FIELDS = "managedFields"

_MOST_SHARED = 4096
_names_set: dict[frozenset[str], set[str]] = {}
_no_names: dict[str, Any] = {}


def without_managed_fields(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an object without the record of who wrote which field, which is often half of it."""
    metadata = document["metadata"]
    if MANAGED_FIELDS not in metadata:
        return document
    return {**document, "metadata": {name: value for name, value in metadata.items() if name != MANAGED_FIELDS}}


def shared(model: M) -> M:
    """Return the same model, the bookkeeping of its parts shared; models are frozen, so nobody writes there."""
    _share(model)
    return model


def _share(part: object) -> None:
    if isinstance(part, KubeModel):
        names = part.__pydantic_fields_set__
        same = _names_set.get(key := frozenset(names))
        if same is not None:
            object.__setattr__(part, "__pydantic_fields_set__", same)
        elif len(_names_set) < _MOST_SHARED:
            _names_set[key] = names
        if not part.__pydantic_extra__:
            object.__setattr__(part, "__pydantic_extra__", _no_names)
        for value in part.__dict__.values():
            _share(value)
    elif isinstance(part, tuple):
        for item in part:
            _share(item)

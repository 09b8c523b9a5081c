"""The difference of two statuses as a JSON merge patch (RFC 7386). Pure."""

from collections.abc import Mapping
from typing import Any

from virtrigaud_api.v1beta1.kube_model import KubeModel


def status_patch(before: KubeModel, after: KubeModel) -> dict[str, Any] | None:
    """Return what has to be patched to make one status the other; None when they say the same."""
    return _difference(_plain(before), _plain(after))


def _plain(status: KubeModel) -> Mapping[str, Any]:
    return status.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any] | None:
    """Compare two objects; an empty list or object is the same as none."""
    patch: dict[str, Any] = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new or (_is_empty(old) and _is_empty(new)):
            continue
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            inner = _difference(old, new)
            if inner is not None:
                patch[name] = inner
        else:
            patch[name] = None if _is_empty(new) else new
    return patch or None


def _is_empty(value: object) -> bool:
    return value is None or value in ([], {})

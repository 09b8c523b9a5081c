"""JSON Merge Patch (RFC 7386)."""

from virtrigaud_localkube.document import JsonValue


def apply_merge_patch(target: JsonValue, patch: JsonValue) -> JsonValue:
    """Merges a patch into a value: objects key by key, null removes, everything else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = target if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = apply_merge_patch(merged.get(key), value)
    return merged

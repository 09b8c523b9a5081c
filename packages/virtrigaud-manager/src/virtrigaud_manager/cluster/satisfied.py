"""Whether an object is as a manifest says: what the manifest leaves open may be anything. Pure.

The API server fills in defaults and spells quantities its own way; neither is a difference.
"""

from collections.abc import Mapping, Sequence

from virtrigaud_api.v1beta1 import Quantity

_QUANTITIES_BELOW = "resources"


def is_satisfied(wanted: object, found: object, *, quantities: bool = False) -> bool:
    """Tell whether everything that is wanted is found."""
    if isinstance(wanted, Mapping):
        if not isinstance(found, Mapping):
            return not wanted
        return all(
            is_satisfied(value, found.get(name), quantities=quantities or name == _QUANTITIES_BELOW)
            for name, value in wanted.items()
        )
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        if not isinstance(found, Sequence) or isinstance(found, str):
            return not wanted
        pairs = zip(wanted, found, strict=False)
        return len(wanted) == len(found) and all(is_satisfied(a, b, quantities=quantities) for a, b in pairs)
    return wanted == found or (quantities and _same_amount(wanted, found))


def _same_amount(wanted: object, found: object) -> bool:
    if not isinstance(wanted, str | int) or not isinstance(found, str | int):
        return False
    try:
        return Quantity(wanted).amount == Quantity(found).amount
    except (TypeError, ValueError):
        return False

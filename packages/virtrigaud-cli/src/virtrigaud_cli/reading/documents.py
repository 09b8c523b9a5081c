"""Documents as YAML text, and moments as ages, for the reading commands."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import yaml

_UNITS: Final = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
_TWO_OF_A_UNIT: Final = 2


class _Dumper(yaml.SafeDumper):
    """Writes a text of several lines as it is read: as a block."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def yaml_text(document: Mapping[str, Any]) -> str:
    """The document as YAML, in the order that it has."""
    text = yaml.dump(dict(document), Dumper=_Dumper, sort_keys=False, default_flow_style=False, allow_unicode=True)
    return str(text).rstrip()


def age(moment: str, *, now: datetime | None = None) -> str:
    """How long ago an RFC 3339 moment was, in the largest unit of which there are two at least."""
    if not moment:
        return "unknown"
    elapsed = int(((now or datetime.now(UTC)) - datetime.fromisoformat(moment)).total_seconds())
    for unit, seconds in _UNITS:
        if elapsed >= _TWO_OF_A_UNIT * seconds or seconds == 1:
            return f"{max(elapsed, 0) // seconds}{unit}"
    return "0s"

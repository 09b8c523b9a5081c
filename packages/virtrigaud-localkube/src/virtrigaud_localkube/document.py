"""Objects as they travel: JSON documents, and the few readings of them that all layers share.

Objects have no fixed shape here (a client may bring any kind), so this is the one place in the package where plain
dictionaries pass between functions.
"""

import re
import time
from collections.abc import Iterator
from typing import Any

import orjson

# Any JSON value. Its shape is checked where it is read.
JsonValue = Any
Document = dict[str, JsonValue]
DIVIDED = (dict, list)
"""What JSON values with parts are."""

_STEP = re.compile(r"""\.([\w-]+|\*)|\[(\d+|\*)\]|\[\?\(@\.([\w.-]+)\s*==\s*["']([^"']*)["']\)\]|\['([^']+)'\]""")


def now() -> str:
    """The current time as objects carry it (RFC 3339, whole seconds, Z)."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def copied(value: JsonValue) -> JsonValue:
    """A deep copy of a JSON value."""
    return orjson.loads(orjson.dumps(value)) if isinstance(value, dict | list) else value


def canonical(value: JsonValue) -> str:
    """A JSON value in the one way that equal values share."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def text_at(document: Document, path: str) -> str:
    """The value at a dotted path as text; empty where nothing is there."""
    value: JsonValue = document
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def select(document: JsonValue, path: str) -> list[Any]:
    """All values that a simple JSONPath (`.a.b[0]`, `[*]`, `[?(@.k=="v")]`) selects."""
    found = [document]
    for match in _STEP.finditer(path):
        found = [inner for value in found for inner in _step(value, match)]
    return found


def _step(value: JsonValue, match: re.Match[str]) -> Iterator[Any]:
    key, index, condition, wanted, quoted = match.groups()
    match value:
        case dict() if key == "*" or index == "*":
            yield from value.values()
        case dict() if (key or quoted) in value:
            yield value[key or quoted]
        case list() if key == "*" or index == "*":
            yield from value
        case list() if index is not None and int(index) < len(value):
            yield value[int(index)]
        case list() if condition is not None:
            yield from (item for item in value if isinstance(item, dict) and text_at(item, condition) == wanted)
        case _:
            return

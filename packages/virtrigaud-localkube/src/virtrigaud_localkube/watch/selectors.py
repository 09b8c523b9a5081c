"""Label and field selectors: parsed once for each request, then asked for each object."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from virtrigaud_localkube.api_error import bad_request
from virtrigaud_localkube.document import text_at
from virtrigaud_localkube.registry.resource import Resource
from virtrigaud_localkube.storage.stored import Stored

Requirement = Callable[[Mapping[str, str]], bool]

_KEY: Final = r"(?:[A-Za-z0-9][-A-Za-z0-9_.]*/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?"
_SET: Final = re.compile(rf"({_KEY})\s+(in|notin)\s*\(([^()]*)\)")
_EQUALITY: Final = re.compile(rf"({_KEY})\s*(==|=|!=)\s*([-A-Za-z0-9_.]*)")
_EXISTENCE: Final = re.compile(rf"(!?)\s*({_KEY})")
_COMMA: Final = re.compile(r",(?![^(]*\))")
_FIELD: Final = re.compile(r"([\w./-]+?)\s*(!=|==|=)(.*)")
_ALWAYS_SELECTABLE: Final = frozenset({"metadata.name", "metadata.namespace"})


@dataclass(frozen=True, slots=True)
class Selection:
    """Which objects of a collection a request is about."""

    namespace: str | None = None
    name: str = ""
    labels: tuple[Requirement, ...] = ()
    fields: tuple[Callable[[Stored], bool], ...] = ()

    def takes(self, stored: Stored) -> bool:
        """Tells whether an object is selected."""
        key = stored.key
        if self.namespace is not None and key.namespace != self.namespace:
            return False
        if self.name and key.name != self.name:
            return False
        return all(asks(stored.labels) for asks in self.labels) and all(asks(stored) for asks in self.fields)


def parse_labels(text: str) -> tuple[Requirement, ...]:
    """Parses a label selector.

    Raises:
        ApiError: It can't be parsed (400).
    """
    return tuple(_label_requirement(part.strip()) for part in _COMMA.split(text) if part.strip())


def _label_requirement(text: str) -> Requirement:
    if match := _SET.fullmatch(text):
        key, values = match[1], frozenset(value.strip() for value in match[3].split(","))
        if match[2] == "in":
            return lambda labels: labels.get(key) in values
        return lambda labels: labels.get(key) not in values
    if match := _EQUALITY.fullmatch(text):
        key, value = match[1], match[3]
        if match[2] == "!=":
            return lambda labels: labels.get(key) != value
        return lambda labels: labels.get(key) == value
    if match := _EXISTENCE.fullmatch(text):
        key = match[2]
        if match[1]:
            return lambda labels: key not in labels
        return lambda labels: key in labels
    raise bad_request(f"unable to parse requirement: {text!r} is no label selector")


def parse_fields(text: str, resource: Resource) -> tuple[Callable[[Stored], bool], ...]:
    """Parses a field selector.

    Raises:
        ApiError: It can't be parsed, or asks for a field that is not selectable (400).
    """
    return tuple(_field_requirement(part.strip(), resource) for part in text.split(",") if part.strip())


def _field_requirement(text: str, resource: Resource) -> Callable[[Stored], bool]:
    match = _FIELD.fullmatch(text)
    if not match:
        raise bad_request(f"invalid selector: {text!r}; can't understand")
    path, operator, wanted = match[1], match[2], match[3].strip()
    if path not in _ALWAYS_SELECTABLE | resource.selectable:
        raise bad_request(
            f'Unable to find "{resource.api_version}, {resource.plural}": field label not supported: {path}'
        )
    is_equal = operator != "!="
    if path == "metadata.name":
        return lambda stored: (stored.key.name == wanted) is is_equal
    if path == "metadata.namespace":
        return lambda stored: (stored.key.namespace == wanted) is is_equal
    return lambda stored: (text_at(resource.shown(stored.document()), path) == wanted) is is_equal


def structured_labels(selector: Mapping[str, Any]) -> tuple[Requirement, ...]:
    """The requirements of a `LabelSelector` object; an empty one takes everything."""
    wanted = selector.get("matchLabels") or {}
    requirements = [_label_requirement(f"{key}={value}") for key, value in wanted.items()]
    for expression in selector.get("matchExpressions") or ():
        key, values = expression["key"], ",".join(expression.get("values") or ())
        match expression["operator"]:
            case "In":
                requirements.append(_label_requirement(f"{key} in ({values})"))
            case "NotIn":
                requirements.append(_label_requirement(f"{key} notin ({values})"))
            case "Exists":
                requirements.append(_label_requirement(key))
            case _:
                requirements.append(_label_requirement(f"!{key}"))
    return tuple(requirements)

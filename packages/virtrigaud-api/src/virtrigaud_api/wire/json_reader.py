"""Reading and writing the JSON strings of the wire: typed, bounded, and with errors that name the field.

`JsonObject` reads as the Go peers do: keys match whatever their case, unknown keys mean nothing, and
null is the same as absent. Everything else that is not as expected is `InvalidSpec` with the path of
the field, such as "class_json.MemoryMiB: expected an integer, got 'x'". Errors show a value only where
it stands for a number or a choice, so that user data can't get into one.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from json.encoder import encode_basestring
from typing import Final, NoReturn, TypeAlias, TypeVar

from virtrigaud_api.contract import InvalidSpec

MAXIMUM_BYTES: Final = 4 * 1024 * 1024
"""Longest JSON string that is read: the message size that the Go peers accept."""

_LARGEST_INTEGER: Final = 2**63 - 1
_SHOWN_CHARACTERS: Final = 32
_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | bool | None"
Document: TypeAlias = dict[str, "Json"]
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class JsonObject:
    """A JSON object and the path that leads to it; an absent one is the empty object.

    Attributes:
        path: Where it stands, beginning with the payload's name.
        values: The members as decoded.
        folded: The members by the name in lower case; of two that differ in case only, the later one.
    """

    path: str
    values: Mapping[str, object]
    folded: Mapping[str, object]

    def has(self, key: str) -> bool:
        """Tell whether the key is there with a value other than null."""
        return self._value(key) is not None

    def text(self, key: str) -> str:
        """Return a text, "" when it is absent."""
        value = self._value(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.invalid(key, f"expected a text, got {_kind(value)}")
        return self._sound(key, value)

    def optional_text(self, key: str) -> str | None:
        """Return a text, None when it is absent or empty."""
        return self.text(key) or None

    def scalar_text(self, key: str) -> str:
        """Return a text, or a number as it is spelled, for fields that peers write either way."""
        value = self._value(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return json.dumps(value)
        return self.text(key)

    def integer(self, key: str, minimum: int = 0) -> int | None:
        """Return an integer, None when it is absent."""
        value = self._value(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.invalid(key, f"expected an integer, got {_shown(value)}")
        if value < minimum:
            raise self.invalid(key, f"expected at least {minimum}, got {_shown(value)}")
        if value > _LARGEST_INTEGER:
            raise self.invalid(key, f"expected at most {_LARGEST_INTEGER}, got {_shown(value)}")
        return value

    def positive(self, key: str) -> int | None:
        """Return an integer of at least 1, None when it is absent or 0, which means "not set" to Go peers."""
        return self.integer(key) or None

    def flag(self, key: str) -> bool:
        """Return a boolean, False when it is absent."""
        value = self._value(key)
        if value is not None and not isinstance(value, bool):
            raise self.invalid(key, f"expected true or false, got {_shown(value)}")
        return value is True

    def choice(self, key: str, choices: type[Choice]) -> Choice | None:
        """Return a member of an enumeration whatever the case of the text, None when it is absent or empty."""
        text = self.optional_text(key)
        if text is None:
            return None
        for member in choices:
            if member.value.lower() == text.lower():
                return member
        raise self.invalid(key, f"expected one of {', '.join(choices)}, got {_shown(text)}")

    def child(self, key: str) -> "JsonObject":
        """Return an object, an empty one when it is absent."""
        return _as_object(self._value(key), self._at(key))

    def children(self, key: str) -> tuple["JsonObject", ...]:
        """Return a list of objects, an empty one when it is absent."""
        return tuple(_as_object(item, f"{self._at(key)}[{index}]") for index, item in enumerate(self._list(key)))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, an empty one when it is absent."""
        return tuple(self._item(f"{key}[{index}]", item) for index, item in enumerate(self._list(key)))

    def text_map(self, key: str) -> dict[str, str]:
        """Return an object whose members are all texts, an empty one when it is absent."""
        values = self.child(key).values
        return {self._sound(key, name): self._item(f"{key}.{name}", value) for name, value in values.items()}

    def scalars(self, except_for: str) -> dict[str, str | bool | int]:
        """Return all members but one, which must be texts, booleans or integers; null means absent."""
        found: dict[str, str | bool | int] = {}
        for key, value in self.values.items():
            if value is None or key == except_for:
                continue
            if not isinstance(value, str | bool | int):
                raise self.invalid(key, f"expected a text, a boolean or an integer, got {_kind(value)}")
            found[self._sound(key, key)] = self._sound(key, value) if isinstance(value, str) else value
        return found

    def truthy(self, key: str) -> bool:
        """Tell whether the key is there with a value that asks for something: not null, empty, 0 or False."""
        return bool(self._value(key))

    def holds(self, key: str, kind: type) -> bool:
        """Tell whether the key is there with a value of this Python type, for fields with several spellings."""
        return isinstance(self._value(key), kind)

    def invalid(self, key: str, why: str) -> InvalidSpec:
        """Return the error that names the field, for the caller to raise."""
        return InvalidSpec(f"{_printable(self._at(key))}: {why}")

    def _item(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            raise self.invalid(key, f"expected a text, got {_kind(value)}")
        return self._sound(key, value)

    def _list(self, key: str) -> Sequence[object]:
        value = self._value(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.invalid(key, f"expected a list, got {_kind(value)}")
        return value

    def _sound(self, key: str, text: str) -> str:
        """Refuse what JSON can spell and UTF-8 can't: half of a surrogate pair."""
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                raise self.invalid(key, "the text is not valid Unicode") from None
        return text

    def _value(self, key: str) -> object:
        return self.values[key] if key in self.values else self.folded.get(key.lower())

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}"


def read_object(text: str, payload: str) -> JsonObject:
    """Decode a JSON object; the empty string and null are the empty object.

    Raises:
        InvalidSpec: It is no JSON, too long, too deeply nested, or no object.
    """
    return _as_object(_decoded(text, payload), payload)


def read_objects(text: str, payload: str) -> tuple[JsonObject, ...]:
    """Decode a JSON list of objects; the empty string and null are the empty list.

    Raises:
        InvalidSpec: It is no JSON, too long, too deeply nested, or no list of objects.
    """
    value = _decoded(text, payload)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise InvalidSpec(f"{payload}: expected a list, got {_kind(value)}")
    return tuple(_as_object(item, f"{payload}[{index}]") for index, item in enumerate(value))


def write_json(document: Json) -> str:
    """Encode a document the way that the Go peers do: no spaces, keys in the given order."""
    return _ENCODER.encode(document)


def write_texts(texts: Mapping[str, str]) -> str:
    """Encode an object whose values are texts as `write_json` does, in half of the time."""
    return "{" + ",".join([f"{encode_basestring(key)}:{encode_basestring(text)}" for key, text in texts.items()]) + "}"


def present(document: Mapping[str, Json]) -> Document:
    """Return the document without the members that are None, for keys that are left out when unset."""
    return {key: value for key, value in document.items() if value is not None}


def _decoded(text: str, payload: str) -> object:
    if not text:
        return None
    if len(text.encode()) > MAXIMUM_BYTES:
        raise InvalidSpec(f"{payload}: longer than {MAXIMUM_BYTES} bytes")
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        # The decoder's exception holds the whole text, which may be user data: it must not be chained.
        why = f"not valid JSON at line {error.lineno} column {error.colno}"
    except RecursionError:
        why = "nested too deeply"
    except ValueError:
        why = "not valid JSON: a number is out of range"
    raise InvalidSpec(f"{payload}: {why}")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _as_object(value: object, path: str) -> JsonObject:
    if value is None:
        return JsonObject(path, {}, {})
    if not isinstance(value, dict):
        raise InvalidSpec(f"{_printable(path)}: expected an object, got {_kind(value)}")
    return JsonObject(path, value, {name.lower(): member for name, member in value.items()})


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"


def _shown(value: object) -> str:
    """Return a scalar as it may be shown, shortened; of anything else only its kind."""
    if not isinstance(value, str | int | float):
        return _kind(value)
    text = ascii(value) if isinstance(value, str) else _printable(json.dumps(value))
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."


def _printable(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode()

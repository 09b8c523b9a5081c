"""Reads the protobuf bodies that Kubernetes clients send for built-in kinds. Answers are always JSON.

Types come from the table of fields, numbers from `protobuf_numbers.tsv` (written by `tools/extract_numbers.py`). A mark
behind a number says more: `?`, the field means nothing when it is zero or false; `q`, it is a quantity; `+`, the fields
of that type stand in the place of this one. A field without a number is refused with 415 rather than dropped.
"""

import base64
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any, Final

from virtrigaud_localkube.api_error import bad_request, unsupported_media_type
from virtrigaud_localkube.document import Document, JsonValue
from virtrigaud_localkube.registry.field_table import table

MAGIC: Final = b"k8s\x00"
_ACCEPTED: Final = "application/json, application/yaml"


@cache
def _numbers() -> dict[str, str]:
    """The numbered fields of each type that is read."""
    lines = (resources.files(__package__) / "protobuf_numbers.tsv").read_text().splitlines()[1:]
    return dict(line.split("\t") for line in lines)


def decode_protobuf(body: bytes) -> Document:
    """Decodes a body in the Kubernetes protobuf envelope.

    Raises:
        ApiError: It is broken (400), or of a kind or with a field that is not read as protobuf (415).
    """
    try:
        return _decode_envelope(body.removeprefix(MAGIC))
    except (IndexError, ValueError, UnicodeDecodeError, RecursionError) as error:
        raise bad_request(f"the protobuf body can't be decoded: {error}") from error


def _decode_envelope(body: bytes) -> Document:
    envelope = dict(_fields(body))
    kind = {number: _text(value) for number, value in _fields(_bytes(envelope.get(1, b"")))}
    api_version, name = kind.get(1, ""), kind.get(2, "")
    if name not in _numbers():
        raise unsupported_media_type(f"{_ACCEPTED} ({name or 'this kind'} is not read as protobuf)")
    return {"apiVersion": api_version, "kind": name, **_message(name, _bytes(envelope.get(2, b"")))}


def _fields(data: bytes) -> Iterator[tuple[int, bytes | int]]:
    position = 0
    while position < len(data):
        tag, position = _varint(data, position)
        number, wire_type = tag >> 3, tag & 7
        match wire_type:
            case 0:
                value, position = _varint(data, position)
                yield number, value
            case 2:
                length, position = _varint(data, position)
                if position + length > len(data):
                    raise ValueError("a field is cut off")
                yield number, data[position : position + length]
                position += length
            case _:
                raise ValueError(f"wire type {wire_type} is not used by Kubernetes")


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 64:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
    raise ValueError("a number is too long")


def _message(name: str, data: bytes) -> Document:
    return _part(name, {field.name: field.of for field in table()[name]}, data)


def _part(name: str, types: dict[str, str], data: bytes) -> Document:
    """The fields of a message, which are of the given types."""
    names = numbered(name)
    decoded: Document = {}
    for number, value in _fields(data):
        field, mark = names.get(number, ("", ""))
        if mark == "+":
            decoded |= _part(field, types, _bytes(value))
        elif field not in types:
            raise unsupported_media_type(f"{_ACCEPTED} (field {number} of {name} is not read as protobuf)")
        elif value or mark != "?":
            of = types[field].replace("string", "quantity") if mark == "q" else types[field]
            _add(decoded, field, of, value)
    return decoded


@cache
def numbered(name: str) -> dict[int, tuple[str, str]]:
    """The fields of a type by number, each with its mark."""
    entries = (entry.partition(":") for entry in _numbers()[name].split())
    return {int(number.rstrip("?q+")): (field, number.lstrip("0123456789")) for number, _, field in entries}


def _add(decoded: Document, field: str, of: str, value: bytes | int) -> None:
    if of.startswith("list<"):
        decoded.setdefault(field, []).append(_value(of[5:-1], value))
    elif of.startswith("map<"):
        entry = dict(_fields(_bytes(value)))
        decoded.setdefault(field, {})[_text(entry.get(1, b""))] = _value(of[4:-1], entry.get(2, b""))
    else:
        decoded[field] = _value(of, value)
        if decoded[field] in ("", None):
            del decoded[field]


def _value(of: str, value: bytes | int) -> JsonValue:
    if decoder := _SCALARS.get(of):
        return decoder(value)
    if of not in _numbers():
        raise unsupported_media_type(f"{_ACCEPTED} ({of} is not read as protobuf)")
    return _message(of, _bytes(value))


def _bytes(value: bytes | int) -> bytes:
    if isinstance(value, int):
        raise ValueError("a number stands where bytes are expected")  # noqa: TRY004 - broken input, not a broken call
    return value


def _text(value: bytes | int) -> str:
    return _bytes(value).decode()


def _number(value: bytes | int) -> int:
    if not isinstance(value, int):
        raise ValueError("bytes stand where a number is expected")  # noqa: TRY004 - broken input, not a broken call
    return value - (1 << 64) if value >> 63 else value


def _time(value: bytes | int) -> str | None:
    parts = {number: _number(part) for number, part in _fields(_bytes(value))}
    if not parts:
        return None
    moment = datetime.fromtimestamp(parts.get(1, 0), UTC)
    micros = f".{parts[2] // 1000:06d}" if parts.get(2) else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{micros}Z"


def _int_or_string(value: bytes | int) -> int | str:
    parts = dict(_fields(_bytes(value)))
    return _text(parts.get(3, b"")) if parts.get(1) else _number(parts.get(2, 0))


_SCALARS: Final[dict[str, Callable[[bytes | int], Any]]] = {
    "string": _text,
    "integer": _number,
    "boolean": bool,
    "bytes": lambda value: base64.b64encode(_bytes(value)).decode(),
    "time": _time,
    "any": _int_or_string,
    "quantity": lambda value: _text(dict(_fields(_bytes(value))).get(1, b"")),
}

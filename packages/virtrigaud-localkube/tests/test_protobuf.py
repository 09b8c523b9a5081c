from typing import Any

import pytest
from virtrigaud_localkube.api_error import ApiError
from virtrigaud_localkube.http.protobuf import MAGIC, decode_protobuf


def field(number: int, value: bytes | int) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value: int) -> bytes:
    encoded = b""
    while value > 127:
        encoded += bytes([value & 127 | 128])
        value >>= 7
    return encoded + bytes([value])


def envelope(api_version: str, kind: str, message: bytes) -> bytes:
    names = field(1, api_version.encode()) + field(2, kind.encode())
    return MAGIC + field(1, names) + field(2, message)


def entry(key: str, value: bytes) -> bytes:
    return field(1, key.encode()) + field(2, value)


METADATA = field(1, b"one") + field(3, b"") + field(7, 0) + field(8, b"") + field(11, entry("tier", b"front"))


@pytest.mark.parametrize(
    ("kind", "message", "decoded"),
    [
        ("ConfigMap", field(2, entry("a", b"1")) + field(2, entry("b", b"2")), {"data": {"a": "1", "b": "2"}}),
        ("ConfigMap", field(4, 0), {"immutable": False}),
        ("Secret", field(2, entry("a", b"\x00\xff")) + field(3, b"Opaque"), {"data": {"a": "AP8="}, "type": "Opaque"}),
        ("ResourceQuota", field(2, field(1, entry("cpu", field(1, b"2")))), {"spec": {"hard": {"cpu": "2"}}}),
        (
            "PersistentVolume",
            field(2, field(2, field(3, field(1, b"/disk"))) + field(8, b"Block")),
            {"spec": {"hostPath": {"path": "/disk"}, "volumeMode": "Block"}},
        ),
        (
            "Lease",
            field(2, field(1, b"me") + field(2, 15) + field(4, field(1, 1_767_225_600) + field(2, 1000))),
            {"spec": {"holderIdentity": "me", "leaseDurationSeconds": 15, "renewTime": "2026-01-01T00:00:00.000001Z"}},
        ),
        (
            "Service",
            field(2, field(1, field(3, 80) + field(4, field(1, 1) + field(3, b"web")) + field(5, 0))),
            {"spec": {"ports": [{"port": 80, "targetPort": "web"}]}},
        ),
        (
            "Service",
            field(2, field(1, field(3, 80) + field(4, field(1, 0) + field(2, 8080)))),
            {"spec": {"ports": [{"port": 80, "targetPort": 8080}]}},
        ),
    ],
)
def test_a_message_is_read_by_its_numbers(kind: str, message: bytes, decoded: dict[str, Any]) -> None:
    read = decode_protobuf(envelope("v1", kind, field(1, METADATA) + message))
    metadata = {"name": "one", "labels": {"tier": "front"}}
    assert read == {"apiVersion": "v1", "kind": kind, "metadata": metadata, **decoded}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (envelope("v1", "ConfigMap", field(99, b"x")), 415),
        (envelope("v1", "CustomResourceDefinition", b""), 415),
        (envelope("v1", "ConfigMap", field(1, field(17, b""))), 415),
        (envelope("v1", "ConfigMap", b"\x0a\x7f"), 400),
        (envelope("v1", "ConfigMap", field(2, 7)), 400),
        (envelope("v1", "ConfigMap", varint(2 << 3 | 5) + b"1234"), 400),
        (MAGIC + b"\xff" * 20, 400),
    ],
)
def test_what_is_not_known_or_broken_is_refused(body: bytes, code: int) -> None:
    with pytest.raises(ApiError) as refused:
        decode_protobuf(body)
    assert refused.value.code == code

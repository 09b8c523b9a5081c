"""Request bodies: read within a limit, decoded by their content type."""

from typing import Final

import orjson
from aiohttp import web

from virtrigaud_localkube.api_error import bad_request, too_large, unsupported_media_type
from virtrigaud_localkube.document import DIVIDED, JsonValue
from virtrigaud_localkube.http.protobuf import MAGIC, decode_protobuf

BODY_LIMIT: Final = 3 * 1024 * 1024
DEPTH_LIMIT: Final = 200
_READ: Final = frozenset({
    "application/json", "application/yaml", "application/vnd.kubernetes.protobuf",
    "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
    "application/octet-stream",  # What a request without a Content-Type is taken for.
})  # fmt: skip


async def read_body(request: web.BaseRequest) -> bytes:
    """Reads the body of a request.

    Raises:
        ApiError: It is larger than the limit (413).
    """
    if (request.content_length or 0) > BODY_LIMIT:
        raise too_large(BODY_LIMIT)
    chunks = bytearray()
    async for chunk in request.content.iter_any():
        chunks += chunk
        if len(chunks) > BODY_LIMIT:
            raise too_large(BODY_LIMIT)
    return bytes(chunks)


def decode_body(body: bytes, content_type: str) -> JsonValue:
    """Decodes a body: protobuf by its first bytes, YAML where the type says so, JSON otherwise; None when empty.

    Raises:
        ApiError: It can't be decoded (400) or is of an unknown type (415).
    """
    if not body:
        return None
    if content_type not in _READ:
        raise unsupported_media_type(", ".join(sorted(_READ)))
    if body.startswith(MAGIC):
        return decode_protobuf(body)
    try:
        decoded = _yaml(body) if "yaml" in content_type else orjson.loads(body)
    except (ValueError, RecursionError) as error:
        raise bad_request(f"the body of the request can't be decoded: {_first_line(error)}") from error
    if body.count(b"{") + body.count(b"[") > DEPTH_LIMIT or "yaml" in content_type:
        _check_depth(decoded)
    return decoded


def _check_depth(value: JsonValue) -> None:
    level = [value]
    for _ in range(DEPTH_LIMIT):
        parts = (outer.values() if isinstance(outer, dict) else outer for outer in level if isinstance(outer, DIVIDED))
        level = [inner for part in parts for inner in part]
        if not level:
            return
    raise bad_request(f"the body of the request is nested deeper than {DEPTH_LIMIT} levels")


def _yaml(body: bytes) -> JsonValue:
    if body.lstrip()[:1] == b"{":
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            pass
    # Most clients send JSON, and a start is faster without the library.
    from virtrigaud_localkube.http.yaml_bodies import load_yaml  # noqa: PLC0415

    return load_yaml(body)


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__

"""Answers in JSON: small ones at once, large ones piece by piece."""

from typing import Final

from aiohttp import web

_TYPE: Final = "application/json"
_PIECE: Final = 256 * 1024


def json_response(
    encoded: bytes, *, status: int = 200, warnings: tuple[str, ...] = (), content_type: str = _TYPE
) -> web.Response:
    """A JSON answer, with warnings in the header that clients show."""
    response = web.Response(body=encoded, status=status, content_type=content_type)
    for warning in warnings:
        response.headers.add("Warning", f'299 - "{_header_text(warning)}"')
    return response


async def send_json(request: web.BaseRequest, encoded: bytes) -> web.StreamResponse:
    """A JSON answer of any size. Large ones wait for the client, so that no copy of all of it piles up on the way."""
    if len(encoded) <= _PIECE:
        return json_response(encoded)
    response = web.StreamResponse(headers={"Content-Type": _TYPE})
    response.content_length = len(encoded)
    await response.prepare(request)
    pieces = memoryview(encoded)
    for start in range(0, len(encoded), _PIECE):
        await response.write(pieces[start : start + _PIECE])
    await response.write_eof()
    return response


def _header_text(text: str) -> str:
    """A text as a quoted string in a header: whatever a client wrote, it stays one line of ASCII."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in escaped)

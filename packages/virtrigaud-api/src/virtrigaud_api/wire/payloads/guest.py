"""What the guest reads, as JSON inside Reconfigure and Clone: text where it is text, otherwise base64.

The values may be secret: no error here shows any part of them.
"""

import base64
from collections.abc import Mapping

from virtrigaud_api.wire.json_fields import UserDataField
from virtrigaud_api.wire.json_reader import Document, Json, JsonObject


def guest_bytes_to_json(data: bytes | None, key: str, extra: Mapping[str, Json] | None = None) -> Document | None:
    """Return the object that carries `data` as text under `key`, or as base64 when it is no UTF-8 text."""
    if not data:
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        encoded = base64.b64encode(data).decode()
        return {key: "", **(extra or {}), UserDataField.BASE64: encoded}
    return {key: text, **(extra or {})}


def guest_bytes_from_json(document: JsonObject, key: str) -> bytes | None:
    """Read what `guest_bytes_to_json` wrote, or a Go peer; nothing and empty are None.

    Raises:
        InvalidSpec: The text is no text, or the base64 is none.
    """
    encoded = document.text(UserDataField.BASE64)
    if not encoded:
        return document.text(key).encode() or None
    try:
        return base64.b64decode(encoded, validate=True) or None
    except ValueError:
        raise document.invalid(UserDataField.BASE64, "not valid base64") from None

"""Several user data as one: the MIME multipart archive that cloud-init takes apart again.

For the manager, which has user data from two places, and for providers that add a part of their own. The same
parts are always the same bytes, so that a seed made twice is one seed.

Source: https://docs.cloud-init.io/en/latest/explanation/format.html; RFC 2046 for the archive.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.encoders import encode_base64
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from enum import StrEnum
from typing import Final

from virtrigaud_api.contract import InvalidSpec

_GZIP: Final = b"\x1f\x8b"
_ARCHIVES: Final = (b"content-type: multipart/", b"mime-version:")


class UserDataType(StrEnum):
    """What a part is, by the content type that cloud-init knows it by."""

    CLOUD_CONFIG = "text/cloud-config"
    CLOUD_CONFIG_ARCHIVE = "text/cloud-config-archive"
    CLOUD_BOOTHOOK = "text/cloud-boothook"
    INCLUDE = "text/x-include-url"
    INCLUDE_ONCE = "text/x-include-once-url"
    JINJA = "text/jinja2"
    PART_HANDLER = "text/part-handler"
    SHELL_SCRIPT = "text/x-shellscript"
    GZIP = "application/gzip"


_FIRST_LINES: Final = (
    (b"#cloud-config-archive", UserDataType.CLOUD_CONFIG_ARCHIVE),
    (b"#cloud-config", UserDataType.CLOUD_CONFIG),
    (b"#cloud-boothook", UserDataType.CLOUD_BOOTHOOK),
    (b"#include-once", UserDataType.INCLUDE_ONCE),
    (b"#include", UserDataType.INCLUDE),
    (b"## template: jinja", UserDataType.JINJA),
    (b"#part-handler", UserDataType.PART_HANDLER),
    (b"#!", UserDataType.SHELL_SCRIPT),
    (_GZIP, UserDataType.GZIP),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDataPart:
    """One user data.

    Attributes:
        name: File name that the guest keeps the part under.
        type: None finds it out by the first line, as cloud-init does.
    """

    name: str
    content: bytes = field(repr=False)
    type: UserDataType | None = None


def multipart_user_data(parts: Sequence[UserDataPart]) -> bytes:
    """Join parts, in the order in which the guest works on them; a part that is an archive itself is unpacked.

    Raises:
        InvalidSpec: cloud-init would not know what a part is, or a name has control characters.
    """
    messages = [message for part in parts for message in _messages(part)]
    archive = MIMEMultipart("mixed", boundary=_boundary(messages), _subparts=messages)
    return archive.as_bytes()


def user_data_type(content: bytes) -> UserDataType | None:
    """Tell what user data is by its first line; None where cloud-init would not know."""
    text = content if content.startswith(_GZIP) else content.lstrip()
    return next((kind for start, kind in _FIRST_LINES if text.startswith(start)), None)


def _messages(part: UserDataPart) -> Iterator[Message]:
    if part.type is None and part.content.lstrip().lower().startswith(_ARCHIVES):
        yield from _unpacked(part)
        return
    kind = part.type or user_data_type(part.content)
    if kind is None:
        raise InvalidSpec(f"user data {part.name!a} does not begin with a line that cloud-init knows")
    if not part.name.isprintable():
        raise InvalidSpec(f"the name of user data {part.name!a} has control characters")
    message = MIMEBase(*kind.value.split("/", 1))
    message.set_payload(part.content)
    # Line ends and bytes beyond ASCII arrive as they were written.
    encode_base64(message)
    message.add_header("Content-Disposition", "attachment", filename=part.name)
    yield message


def _unpacked(part: UserDataPart) -> Iterator[Message]:
    """Yield the leaves of an archive as they are."""
    archive = message_from_bytes(part.content.lstrip())
    if not archive.is_multipart():
        raise InvalidSpec(f"user data {part.name!a} says that it is a multipart archive and has no parts")
    yield from (message for message in archive.walk() if not message.is_multipart())


def _boundary(messages: Sequence[Message]) -> str:
    """Return a line that no part contains, and the same for the same parts."""
    contents = [message.as_bytes() for message in messages]
    digest = hashlib.sha256(b"\0".join(contents)).hexdigest()
    while any(digest.encode() in content for content in contents):
        digest = hashlib.sha256(digest.encode()).hexdigest()
    return f"==============={digest}=="

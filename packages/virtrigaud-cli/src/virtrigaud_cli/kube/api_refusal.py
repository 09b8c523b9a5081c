"""An answer of the API server that is not a success, as a value with its words.

Raised by both transports; whoever can go on without the object asks `is_absent` or `is_conflict`.
"""

import json
from http import HTTPStatus
from typing import Any

from virtrigaud_cli.failure import CommandFailed


class ApiRefusal(CommandFailed):
    """The API server said no."""

    def __init__(self, message: str, *, code: int, reason: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason

    @property
    def is_absent(self) -> bool:
        """Whether the object (or its kind) is not there."""
        return self.code == HTTPStatus.NOT_FOUND

    @property
    def is_conflict(self) -> bool:
        """Whether somebody else was first: it exists already, or has changed since it was read."""
        return self.code == HTTPStatus.CONFLICT

    @property
    def is_expired(self) -> bool:
        """Whether a watch can't resume from where it was and must list again."""
        return self.code == HTTPStatus.GONE


def refusal_from_answer(doing: str, code: int, body: bytes) -> ApiRefusal:
    """Read the Status document of a refusal."""
    try:
        status: dict[str, Any] = json.loads(body)
    except ValueError:
        status = {}
    said = str(status.get("message") or body[:200].decode(errors="replace").strip() or f"HTTP {code}")
    return ApiRefusal(f"cannot {doing}: {said}", code=code, reason=str(status.get("reason") or ""))

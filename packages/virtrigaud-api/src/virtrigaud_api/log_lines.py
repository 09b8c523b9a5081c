"""Text logs in which one event is one line, whatever a tenant, a guest or a hypervisor wrote into it.

What a terminal would obey and what would begin a line of its own is shown as an escape. A traceback takes
several lines; it is indented, because each line of a log begins at the margin. Logs in JSON need none of this.
"""

import logging
from collections.abc import MutableMapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final

_EVENT: Final = "event"
_BLOCKS: Final = frozenset({"exception", "stack"})
_MARGIN: Final = "    "


def on_one_line(text: str) -> str:
    r"""Return the text with escapes for what can't be seen: line breaks as \n, a terminal's escape as \x1b."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def off_the_margin(text: str) -> str:
    """Return a text of several lines, each escaped and indented."""
    return "\n".join(f"{_MARGIN}{on_one_line(line)}".rstrip() for line in text.split("\n"))


@dataclass(frozen=True, slots=True, repr=False)
class _Quoted:
    """A text in quotes. A renderer quotes only some of the texts by itself, and never a second time what is none."""

    text: str

    def __repr__(self) -> str:
        return repr(self.text)


def escape_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Be the structlog processor before the one that writes lines for people."""
    for key, value in event.items():
        event[key] = _escaped(key, value)
    return event


def _escaped(key: str, value: object) -> object:
    text = value if isinstance(value, str) else repr(value)
    if key in _BLOCKS:
        return off_the_margin(text)
    if text.isprintable():
        return value
    return on_one_line(text) if key == _EVENT else _Quoted(text)


class LineFormatter(logging.Formatter):
    """Formats the records of the standard library's `logging` in the same way."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the standard library's name
        """Return the line itself."""
        record.message = on_one_line(record.message)
        return super().formatMessage(record)

    def formatException(  # noqa: N802 - the standard library's name
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """Return the traceback below the line."""
        return off_the_margin(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - the standard library's name
        """Return the stack below the line."""
        return off_the_margin(super().formatStack(stack_info))

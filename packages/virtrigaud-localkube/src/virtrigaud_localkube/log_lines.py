"""The log on standard error: one event is one line, whatever a client wrote into a path, a name or a header."""

import logging
import sys
from types import TracebackType
from typing import Final

_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_MARGIN: Final = "    "


def configure() -> None:
    """Send the warnings of this process to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter(_FORMAT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


class LineFormatter(logging.Formatter):
    """Shows as escapes what a terminal would obey and what would begin a line; indents what has several lines."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the standard library's name
        """Return the line itself."""
        record.message = _on_one_line(record.message)
        return super().formatMessage(record)

    def formatException(  # noqa: N802 - the standard library's name
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """Return the traceback below the line."""
        return "\n".join(f"{_MARGIN}{_on_one_line(line)}" for line in super().formatException(ei).split("\n"))


def _on_one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)

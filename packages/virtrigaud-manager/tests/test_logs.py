"""What the manager logs for people: one line an event, whoever wrote the texts in it."""

import io
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog
from virtrigaud_manager import logs
from virtrigaud_manager.settings import LogFormat, LogLevel

SAID = "no space\n2026-01-31T12:00:00Z [info     ] all is well\x1b[2K"


@pytest.fixture
def text_logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Logs as a person gets them."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure(LogLevel.INFO, LogFormat.TEXT)
    yield stream
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_message_of_a_provider_can_not_forge_a_line(text_logs: io.StringIO) -> None:
    structlog.get_logger("reconcile").warning(f"create machine web: {SAID}", error=SAID, object="shop/web")
    logging.getLogger("some.library").warning("the peer said %s", SAID)
    lines = text_logs.getvalue().splitlines()
    assert len(lines) == 2
    assert all(r"no space\n2026-01-31T12:00:00Z [info     ] all is well\x1b[2K" in line for line in lines)
    assert r"error='no space\n2026-" in lines[0]
    assert "\x1b" not in "".join(lines)


def test_a_traceback_stands_off_the_margin(text_logs: io.StringIO) -> None:
    def defect() -> None:
        raise ValueError(SAID)

    try:
        defect()
    except ValueError:
        structlog.get_logger("reconcile").exception("the pass failed by a defect")
    first, *below = text_logs.getvalue().splitlines()
    assert "the pass failed by a defect" in first
    assert {line[:4] for line in below} == {"    "}
    assert below[-2:] == [
        "    ValueError: no space",
        r"    2026-01-31T12:00:00Z [info     ] all is well\x1b[2K",
    ]

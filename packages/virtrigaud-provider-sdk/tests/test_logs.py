"""What a provider logs for people: one line an event, whoever wrote the texts in it, and without secrets."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog
from virtrigaud_provider_sdk.logs import configure_logging
from virtrigaud_provider_sdk.redaction import REDACTED
from virtrigaud_provider_sdk.settings import LogFormat, LogLevel

SAID = "no space\n2026-01-31T12:00:00Z [info     ] all is well\x1b[2K"
SHOWN = r"no space\n2026-01-31T12:00:00Z [info     ] all is well\x1b[2K"


@pytest.fixture
def text_logs() -> Iterator[io.StringIO]:
    """Logs as a person gets them."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging(LogLevel.INFO, LogFormat.TEXT, stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_hypervisor_s_message_can_not_forge_a_line(text_logs: io.StringIO) -> None:
    structlog.get_logger().warning(SAID, error=SAID, names=[SAID])
    logging.getLogger("some.library").warning("the peer said %s", SAID)
    lines = text_logs.getvalue().splitlines()
    assert [line.count(SHOWN) for line in lines] == [3, 1]
    assert "\x1b" not in "".join(lines)


def test_a_secret_of_several_lines_is_cut_out_before_its_lines_are_escaped(text_logs: io.StringIO) -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG\n-----END PRIVATE KEY-----"
    structlog.get_logger().warning(f"cannot use {key}\nat all")
    assert text_logs.getvalue().strip().endswith(rf"cannot use {REDACTED}\nat all")

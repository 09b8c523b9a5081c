"""The log has one line for one event, whatever a client wrote."""

import logging
import sys

from virtrigaud_localkube.log_lines import LineFormatter


def test_a_path_can_not_forge_a_line_of_the_log() -> None:
    def raised() -> None:
        raise ValueError("a\nb\x1b[2K")

    path = "/api/v1/x\n2026-01-31 12:00:00 INFO all is well\x1b[2K"
    try:
        raised()
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "%s %s failed", ("GET", path), sys.exc_info())
    first, *below = LineFormatter("%(levelname)s %(message)s").format(record).splitlines()
    assert first == r"ERROR GET /api/v1/x\n2026-01-31 12:00:00 INFO all is well\x1b[2K failed"
    assert {line[:4] for line in below} == {"    "}
    assert below[-2:] == ["    ValueError: a", r"    b\x1b[2K"]

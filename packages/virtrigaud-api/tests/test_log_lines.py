"""A text log has one line for one event, whoever wrote the texts in it."""

import logging
import sys

import pytest
from virtrigaud_api.log_lines import LineFormatter, escape_event, off_the_margin, on_one_line

FORGED = "no space\n2026-01-31T12:00:00Z [info] all is well\x1b[2K\x9b1A\u202e\r"
SHOWN = r"no space\n2026-01-31T12:00:00Z [info] all is well\x1b[2K\x9b1A\u202e\r"


@pytest.mark.parametrize(("text", "shown"), [(FORGED, SHOWN), ("über: 10 GiB “ds1”", "über: 10 GiB “ds1”"), ("", "")])
def test_what_can_not_be_seen_is_shown_as_an_escape_and_the_rest_as_it_is(text: str, shown: str) -> None:
    assert on_one_line(text) == shown


def test_a_text_of_several_lines_never_begins_at_the_margin() -> None:
    assert off_the_margin("Traceback:\n  a\x1b[2K\n\nlast") == "    Traceback:\n      a\\x1b[2K\n\n    last"


def test_an_event_is_escaped_whatever_its_values_are() -> None:
    class Native:
        def __repr__(self) -> str:
            return "<native\n>"

    event = {
        "event": FORGED,
        "error": FORGED,
        "native": Native(),
        "count": 3,
        "object": "shop/web",
        "exception": "a\nb",
    }
    escaped = escape_event(None, "info", event)
    assert {key: str(value) for key, value in escaped.items()} == {
        "event": SHOWN,
        "error": f"'{SHOWN}'",
        "native": r"'<native\n>'",
        "count": "3",
        "object": "shop/web",
        "exception": "    a\n    b",
    }


def test_a_record_of_the_standard_library_is_one_line_and_its_traceback_stands_below() -> None:
    def raised() -> None:
        raise ValueError(FORGED)

    try:
        raised()
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "pod %s", (FORGED,), sys.exc_info(), sinfo="a\nb")
    first, *below = LineFormatter("%(levelname)s %(message)s").format(record).splitlines()
    assert first == f"ERROR pod {SHOWN}"
    assert {line[:4] for line in below} == {"    "}
    assert "\x1b" not in "".join(below)

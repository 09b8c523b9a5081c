"""Quantities and durations mean what Kubernetes and Go mean by them, and keep their spelling."""

from datetime import timedelta

import pytest
from pydantic import TypeAdapter, ValidationError
from virtrigaud_api.v1beta1 import Duration, Quantity

QUANTITIES = TypeAdapter(Quantity)
DURATIONS = TypeAdapter(Duration)


@pytest.mark.parametrize(
    ("text", "size_in_bytes"),
    [
        (0, 0),
        (1073741824, 1073741824),
        ("4Gi", 4 * 1024**3),
        ("1.5Gi", 3 * 1024**3 // 2),
        ("2G", 2_000_000_000),
        ("512k", 512_000),
        ("512Ki", 524_288),
        ("1E", 10**18),
        ("1e3", 1000),
        ("1E3", 1000),
        ("25e-1", 3),
        (".5Mi", 524_288),
        ("2.", 2),
        ("+7", 7),
        ("-1Ki", -1024),
        ("1m", 1),
        ("1500m", 2),
        ("1n", 1),
    ],
)
def test_a_quantity_is_read_in_bytes_and_written_as_it_was(text: str | int, size_in_bytes: int) -> None:
    quantity = QUANTITIES.validate_python(text)
    assert quantity.bytes == size_in_bytes
    written = QUANTITIES.dump_python(quantity, mode="json")
    assert (written, type(written)) == (text, type(text))


def test_a_size_in_mib_or_gib_is_never_less_than_what_was_asked_for() -> None:
    assert (Quantity("256Mi").mib, Quantity("1G").mib, Quantity("1").mib) == (256, 954, 1)
    assert (Quantity("40Gi").gib, Quantity("40G").gib, Quantity("1025Mi").gib) == (40, 38, 2)


@pytest.mark.parametrize(
    "text", ["", "4 Gi", "4gi", "Gi", "1.2.3", "4Gi\n", "1e99999999", "10E", 2**63, True, 1.5, None]
)
def test_what_is_no_quantity_is_refused(text: object) -> None:
    with pytest.raises(ValidationError):
        QUANTITIES.validate_python(text)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("0", timedelta(0)),
        ("30s", timedelta(seconds=30)),
        ("1h30m", timedelta(minutes=90)),
        ("1.5h", timedelta(minutes=90)),
        ("30m0s", timedelta(minutes=30)),
        ("+5m", timedelta(minutes=5)),
        ("250ms", timedelta(milliseconds=250)),
        ("1us1µs1μs", timedelta(microseconds=3)),
        ("1500ns", timedelta(microseconds=1)),
        (".5s", timedelta(milliseconds=500)),
    ],
)
def test_a_duration_is_read_as_go_reads_it_and_written_as_it_was(text: str, span: timedelta) -> None:
    duration = DURATIONS.validate_python(text)
    assert duration.timedelta == span
    assert DURATIONS.dump_python(duration, mode="json") == text


@pytest.mark.parametrize("text", ["", "30", "-30s", "1d", "s", "1h 30m", "30S", "3000000h", "30s\n", 30, None])
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(ValidationError):
        DURATIONS.validate_python(text)

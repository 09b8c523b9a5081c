"""When maintenance windows open and close. Ring 1."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from virtrigaud_api.v1beta1.restart_policy import MaintenanceWindow
from virtrigaud_manager.windows import fault, is_open, next_opening

SUNDAY = MaintenanceWindow.model_validate({"schedule": "0 2 * * SUN", "duration": "2h", "timeZone": "Europe/Berlin"})


def window(schedule: str, duration: str = "1h", time_zone: str = "UTC") -> MaintenanceWindow:
    return MaintenanceWindow.model_validate({"schedule": schedule, "duration": duration, "timeZone": time_zone})


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "opened"),
    [
        ("2026-02-01T00:59:59", False),
        ("2026-02-01T01:00:00", True),
        ("2026-02-01T02:59:59", True),
        ("2026-02-01T03:00:00", False),
        ("2026-07-05T00:00:00", True),
        ("2026-07-05T02:00:00", False),
    ],
)
def test_a_window_is_open_from_its_opening_on_for_its_duration_by_its_own_clock(moment: str, *, opened: bool) -> None:
    assert is_open([SUNDAY], utc(moment)) is opened


def test_the_next_opening_is_that_of_the_window_which_opens_first() -> None:
    friday = window("30 22 * * 5")
    assert next_opening([SUNDAY, friday], utc("2026-01-28T12:00:00")) == utc("2026-01-30T22:30:00")
    opening = next_opening([SUNDAY, friday], utc("2026-01-31T12:00:00"))
    assert opening is not None
    assert opening.isoformat() == "2026-02-01T02:00:00+01:00"


def test_an_opening_in_the_hour_that_the_clock_skips_comes_right_after_it() -> None:
    spring = utc("2026-03-28T12:00:00")
    nightly = window("30 2 * * *", time_zone="Europe/Berlin")
    assert next_opening([nightly], spring) == utc("2026-03-29T01:00:00")


def test_an_opening_in_the_hour_that_comes_twice_comes_once() -> None:
    nightly = window("30 2 * * *", time_zone="Europe/Berlin")
    first = next_opening([nightly], utc("2026-10-24T12:00:00"))
    assert first is not None
    assert next_opening([nightly], first.astimezone(UTC)) == utc("2026-10-26T01:30:00")


@pytest.mark.parametrize(
    ("schedule", "opening"),
    [
        ("@hourly", "2026-01-31T13:00:00"),
        ("@daily", "2026-02-01T00:00:00"),
        ("@midnight", "2026-02-01T00:00:00"),
        ("@weekly", "2026-02-01T00:00:00"),
        ("@monthly", "2026-02-01T00:00:00"),
        ("@yearly", "2027-01-01T00:00:00"),
        ("@annually", "2027-01-01T00:00:00"),
        ("@every 36h", "2026-02-01T12:00:00"),
    ],
)
def test_macros_open_windows_too(schedule: str, opening: str) -> None:
    assert next_opening([window(schedule)], utc("2026-01-31T12:00:00")) == utc(opening)


@pytest.mark.parametrize("schedule", ["0 0 31 2 *", "5-1 2 * * *"])
def test_a_window_with_a_fault_never_opens(schedule: str) -> None:
    never = window(schedule)
    assert next_opening([never], utc("2026-01-31T12:00:00")) is None
    assert not is_open([never], utc("2026-01-31T12:00:00"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (window("0 2 * * *", time_zone="Europe/Atlantis"), "time zone Europe/Atlantis is not known"),
        (window("0 0 31 2 *"), "schedule 0 0 31 2 * can't be read: Bad day-of-month"),
        (window("5-1 2 * * *"), "schedule 5-1 2 * * * can't be read: Bad minute"),
        (window("@every 0s"), "@every 0s is no time span"),
        (
            window("@every 9999999999h"),
            "schedule @every 9999999999h can't be read: '9999999999h' is more than a duration can hold (292 years)",
        ),
    ],
)
def test_what_a_pattern_cannot_know_is_said(wrong: MaintenanceWindow, said: str) -> None:
    assert fault(wrong) == said
    assert fault(SUNDAY) is None


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2060, 1, 1)))  # noqa: DTZ001 - made aware below
def test_a_window_that_is_closed_is_open_at_its_next_opening_and_not_before(moment: datetime) -> None:
    now = moment.replace(tzinfo=UTC)
    opening = next_opening([SUNDAY], now)
    assert opening is not None
    assert opening > now
    assert is_open([SUNDAY], opening)
    assert is_open([SUNDAY], now) or not is_open([SUNDAY], now + (opening - now) / 2)
    assert opening - now <= timedelta(days=7, hours=1)

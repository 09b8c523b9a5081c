"""Ring 1: how delays grow, and when they start anew."""

from datetime import timedelta

from virtrigaud_manager.delays import Delays
from virtrigaud_manager.look_again import AT_ONCE, NEVER, After, BackOff, LookAgain


def delays(*answers: LookAgain) -> list[timedelta | None]:
    key = Delays(lambda low, high: (low + high) / 2)
    return [key.after(answer) for answer in answers]


def milliseconds(*numbers: int) -> list[timedelta]:
    return [timedelta(milliseconds=number) for number in numbers]


def test_l38_a_backoff_doubles_up_to_its_most_and_starts_anew_after_a_good_pass() -> None:
    slow = BackOff(timedelta(milliseconds=100), timedelta(milliseconds=500))
    expected = [*milliseconds(100, 200, 400, 500, 500), None, *milliseconds(100)]
    assert delays(slow, slow, slow, slow, slow, NEVER, slow) == expected


def test_a_backoff_of_another_sort_starts_anew() -> None:
    slow, fast = BackOff(timedelta(seconds=1), timedelta(minutes=1)), BackOff(timedelta(milliseconds=20), timedelta(1))
    assert delays(slow, slow, fast, slow) == milliseconds(1000, 2000, 20, 1000)


def test_a_plain_delay_is_spread_and_no_delay_is_none() -> None:
    assert delays(After(timedelta(seconds=1)), AT_ONCE) == milliseconds(1100, 0)


def test_a_backoff_that_has_gone_on_for_ever_still_has_a_delay() -> None:
    slow = BackOff(timedelta(seconds=1), timedelta(minutes=1))
    assert delays(*[slow] * 200)[-1] == timedelta(minutes=1)

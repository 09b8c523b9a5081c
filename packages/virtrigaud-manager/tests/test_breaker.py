"""Ring 1: when a provider is not called any more, and when it is again."""

import pytest
from virtrigaud_api.contract import Busy, InvalidSpec, ProviderFault, Unavailable
from virtrigaud_manager.providers.breaker import FAILURES_TO_OPEN, OPEN_FOR, TRIALS, Breaker, BreakerState, HeldOff

DOWN = Unavailable("connection refused")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock) -> Breaker:
    breaker = Breaker("Provider default/lab", clock)
    for _ in range(FAILURES_TO_OPEN):
        breaker.admit()
        breaker.failed(DOWN)
    return breaker


def test_it_opens_after_ten_failures_in_a_row_and_says_why() -> None:
    breaker = opened(Clock())
    assert breaker.state is BreakerState.OPEN
    with pytest.raises(Unavailable, match=r"Provider default/lab .* connection refused"):
        breaker.admit()


@pytest.mark.parametrize("answer", [InvalidSpec("no"), Busy("later"), ProviderFault("a defect")])
def test_an_error_about_a_machine_is_an_answer_and_never_counts(answer: Exception) -> None:
    breaker = Breaker("Provider default/lab", Clock())
    for _ in range(FAILURES_TO_OPEN - 1):
        breaker.failed(DOWN)
    breaker.failed(answer)  # type: ignore[arg-type]
    breaker.failed(DOWN)
    assert breaker.state is BreakerState.CLOSED


def test_after_a_minute_it_admits_a_few_trials() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += OPEN_FOR.total_seconds()
    for _ in range(TRIALS):
        breaker.admit()
    assert breaker.state is BreakerState.HALF_OPEN
    with pytest.raises(Unavailable):
        breaker.admit()


def test_a_good_trial_closes_it_and_a_bad_one_opens_it_again() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += OPEN_FOR.total_seconds()
    breaker.admit()
    breaker.failed(DOWN)
    states = [breaker.state]
    clock.now += OPEN_FOR.total_seconds()
    breaker.admit()
    breaker.succeeded()
    breaker.admit()
    assert [*states, breaker.state] == [BreakerState.OPEN, BreakerState.CLOSED]


def test_trials_that_never_end_do_not_keep_it_half_open_for_ever() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += OPEN_FOR.total_seconds()
    for _ in range(TRIALS):
        breaker.admit()
    clock.now += OPEN_FOR.total_seconds()
    breaker.admit()


def test_every_change_is_told() -> None:
    clock, told = Clock(), list[BreakerState]()
    breaker = Breaker("Provider default/lab", clock, told.append)
    for _ in range(FAILURES_TO_OPEN):
        breaker.failed(DOWN)
    clock.now += OPEN_FOR.total_seconds()
    breaker.admit()
    breaker.succeeded()
    assert told == [BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.CLOSED]


def test_its_own_refusals_do_not_hold_it_open() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += OPEN_FOR.total_seconds() - 1
    with pytest.raises(HeldOff) as refused:
        breaker.admit()
    breaker.failed(refused.value)
    clock.now += 1
    breaker.admit()
    assert breaker.state is BreakerState.HALF_OPEN


def test_a_trial_that_was_given_up_leaves_its_place_to_another() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += OPEN_FOR.total_seconds()
    for _ in range(TRIALS):
        breaker.admit()
    breaker.abandoned()
    breaker.admit()
    with pytest.raises(HeldOff):
        breaker.admit()

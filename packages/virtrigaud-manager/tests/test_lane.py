"""Ring 1: which key of a lane goes first, and that none waits for ever."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from virtrigaud_manager.lane import Lane, Urgency

CHANGE, DELETION, EVENT, RESYNC = Urgency.CHANGE, Urgency.DELETION, Urgency.EVENT, Urgency.RESYNC


def filled(*urgencies: Urgency, keys: int = 1000) -> Lane[str]:
    lane = Lane[str]()
    for number in range(keys):
        for urgency in urgencies:
            lane.add(f"{urgency.name} {number}", urgency)
    return lane


def turns(lane: Lane[str], count: int) -> list[str]:
    return [lane.pop().partition(" ")[0] for _ in range(count)]


def test_what_a_person_changed_goes_before_thousands_that_are_only_looked_at() -> None:
    lane = filled(RESYNC, keys=8000)
    turns(lane, 100)
    lane.add("mine", CHANGE)
    assert lane.pop() == "mine"


def test_every_urgency_has_its_share_of_the_turns() -> None:
    shares = Counter(turns(filled(*Urgency), 170))
    assert shares == {"CHANGE": 80, "DELETION": 40, "EVENT": 40, "RESYNC": 10}


@pytest.mark.parametrize(("waiting", "at_most"), [(DELETION, 3), (EVENT, 3), (RESYNC, 9)])
def test_nothing_starves_beside_changes_without_end(waiting: Urgency, at_most: int) -> None:
    lane = filled(CHANGE)
    turns(lane, 500)
    for number in range(5):
        lane.add(f"waiting {number}", waiting)
        assert "waiting" in turns(lane, at_most)


def test_having_had_nothing_to_do_earns_no_turns() -> None:
    lane = filled(CHANGE)
    turns(lane, 400)
    for number in range(100):
        lane.add(f"RESYNC {number}", RESYNC)
    assert Counter(turns(lane, 90)) == {"CHANGE": 80, "RESYNC": 10}


def test_keys_of_the_same_urgency_come_in_their_order() -> None:
    lane = filled(EVENT, keys=5)
    assert [lane.pop() for _ in range(5)] == [f"EVENT {number}" for number in range(5)]


def test_a_key_that_becomes_more_urgent_comes_earlier_and_once() -> None:
    lane = filled(RESYNC, keys=3)
    lane.add("RESYNC 2", CHANGE)
    lane.add("RESYNC 2", EVENT)
    assert len(lane) == 3
    assert [lane.pop() for _ in range(3)] == ["RESYNC 2", "RESYNC 0", "RESYNC 1"]
    with pytest.raises(IndexError):
        lane.pop()


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(Urgency)) | st.none(), max_size=200))
def test_every_key_that_is_added_comes_once(steps: list[tuple[int, Urgency] | None]) -> None:
    lane, due = Lane[int](), set[int]()
    for step in steps:
        if step is not None:
            lane.add(*step)
            due.add(step[0])
        elif due:
            due.remove(lane.pop())
    while due:
        due.remove(lane.pop())
    assert len(lane) == 0

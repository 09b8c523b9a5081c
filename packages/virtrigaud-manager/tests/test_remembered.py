"""Results are remembered for the same objects, and for no others."""

import pytest
from virtrigaud_manager.remembered import remembered


class Asked:
    """Counts the real calls of a function."""

    def __init__(self, most: int) -> None:
        self.calls: list[tuple[object, ...]] = []

        @remembered(most)
        def joined(*parts: list[str]) -> str:
            self.calls.append(parts)
            if not parts:
                raise ValueError("nothing to join")
            return "".join("".join(part) for part in parts)

        self.joined = joined


def test_the_same_objects_are_worked_on_once() -> None:
    asked, a, b = Asked(8), ["a"], ["b"]
    assert [asked.joined(a, b), asked.joined(a, b), asked.joined(b, a)] == ["ab", "ab", "ba"]
    assert asked.calls == [(a, b), (b, a)]


def test_an_equal_object_is_another_one() -> None:
    asked = Asked(8)
    assert [asked.joined(["a"]) for _ in range(3)] == ["a", "a", "a"]
    assert len(asked.calls) == 3


def test_the_place_of_an_object_that_is_remembered_goes_to_no_other() -> None:
    # It keeps nothing itself: only what is remembered keeps a list from giving its place to the next one.
    joined = remembered(1_000)("".join)
    assert [joined([str(number)]) for number in range(1_000)] == [str(number) for number in range(1_000)]


def test_what_was_asked_for_the_longest_ago_goes_first() -> None:
    asked, a, b, c = Asked(2), ["a"], ["b"], ["c"]
    for part in (a, b, a, c, a, b):
        asked.joined(part)
    assert asked.calls == [(a,), (b,), (c,), (b,)]


def test_a_failure_is_not_remembered() -> None:
    asked = Asked(8)
    for _ in range(2):
        with pytest.raises(ValueError, match="nothing to join"):
            asked.joined()
    assert asked.calls == [(), ()]

"""A share of machines is a number or a percentage, and keeps its spelling."""

import pytest
from pydantic import TypeAdapter, ValidationError
from virtrigaud_api.v1beta1.int_or_percent import IntOrPercent

SHARES = TypeAdapter(IntOrPercent)


@pytest.mark.parametrize("text", [0, 3, "0%", "25%", "100%"])
def test_a_share_is_written_as_it_was_read(text: str | int) -> None:
    written = SHARES.dump_python(SHARES.validate_python(text), mode="json")
    assert (written, type(written)) == (text, type(text))


@pytest.mark.parametrize("text", [-1, True, 1.5, None, "25", "101%", "-1%", "025%", "25 %", "25%\n", "%"])
def test_what_is_no_share_is_refused(text: object) -> None:
    with pytest.raises(ValidationError, match="write a number such as 2, or a percentage such as 25%"):
        SHARES.validate_python(text)


def test_a_percentage_is_rounded_the_way_that_is_asked_for() -> None:
    quarter = IntOrPercent("25%")
    assert (quarter.of(10, round_up=True), quarter.of(10, round_up=False)) == (3, 2)
    assert (IntOrPercent(4).of(10, round_up=True), IntOrPercent("100%").of(7, round_up=False)) == (4, 7)

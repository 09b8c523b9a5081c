"""The term of leadership in the metadata of a call."""

import pytest
from virtrigaud_api.wire.terms import METADATA_KEY, Term, term_from_metadata, term_to_metadata


def test_a_term_arrives_as_it_was_sent() -> None:
    term = Term("0b5e-uid", 7)
    assert term_from_metadata((("user-agent", "grpc"), *term_to_metadata(term))) == term


@pytest.mark.parametrize("text", ["", "7", "/7", "uid/", "uid/-1", "uid/٣", "uid/1e3", b"uid/1", "u" * 300 + "/1"])
def test_what_is_no_term_counts_as_none(text: str | bytes) -> None:
    assert term_from_metadata(((METADATA_KEY, text),)) is None


def test_a_caller_may_name_no_term() -> None:
    assert term_from_metadata(()) is None

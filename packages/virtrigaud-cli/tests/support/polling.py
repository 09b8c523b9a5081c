"""Waiting for something to become true, with a deadline and a word about what it was instead."""

import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")


def eventually(look: Callable[[], Seen], holds: Callable[[Seen], bool] = bool, *, seconds: float = 20) -> Seen:
    """Look again and again until it holds; the last sight is in the failure."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if holds(seen):
            return seen
        assert time.monotonic() < deadline, f"still {seen!r} after {seconds} s"
        time.sleep(0.02)

"""An event loop whose clock jumps to the next timer as soon as nothing else is to do.

Waiting takes no time and happens in the same order each time. Only for tests without sockets and threads.
"""

import asyncio
import selectors
from typing import Any


class _JumpingSelector(selectors.DefaultSelector):  # type: ignore[valid-type, misc]
    """Sees at once what is ready; what the loop would have waited is added to its clock instead."""

    jumped = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is not None and timeout > 0:
            self.jumped += timeout
        return super().select(0 if timeout is not None else None)


class QuickLoop(asyncio.SelectorEventLoop):
    """Counts the seconds that it did not wait."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return float(self._jumping.jumped)

"""A bounded pool of threads for hypervisor drivers that block.

Providers call `await pool.run(function, *args)`; nothing else may start threads for native calls. The
threads are daemons, so that a native call that never returns can't hold up the end of the process.
"""

import asyncio
import contextvars
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")

_Job = Callable[[], None]


class BlockingPool:
    """Threads that run blocking functions, at most `threads` at a time; further calls wait in line.

    Threads start when they are needed. A caller that is cancelled while it waits in line leaves the line; one
    that is cancelled while its function runs goes on at once, and the function's result is dropped.
    """

    def __init__(self, threads: int, *, name: str = "blocking") -> None:
        """Make a pool.

        Args:
            threads: Most functions that run at the same time, at least 1.
            name: Prefix of the thread names.

        Raises:
            ValueError: `threads` is less than 1.
        """
        if threads < 1:
            raise ValueError(f"a pool needs at least one thread, not {threads}")
        self._limit = threads
        self._name = name
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._closed = False

    async def run(self, function: Callable[..., T], *args: object, **kwargs: object) -> T:
        """Run a function in a thread of the pool, with the caller's context variables, and return its result.

        Raises:
            RuntimeError: The pool is closed.
        """
        future: Future[T] = Future()
        context = contextvars.copy_context()
        self._submit(partial(_perform, future, partial(context.run, partial(function, *args, **kwargs))))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Take no more work; threads end when they have finished what was submitted."""
        with self._lock:
            self._closed = True
            for _ in self._threads:
                self._jobs.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _submit(self, job: _Job) -> None:
        with self._lock:
            if self._closed:
                raise RuntimeError(f"the thread pool {self._name} is closed")
            self._jobs.put(job)
            if self._jobs.qsize() > self._idle and len(self._threads) < self._limit:
                thread = threading.Thread(target=self._work, name=f"{self._name}-{len(self._threads) + 1}", daemon=True)
                self._threads.append(thread)
                thread.start()

    def _work(self) -> None:
        while True:
            with self._lock:
                self._idle += 1
            job = self._jobs.get()
            with self._lock:
                self._idle -= 1
            if job is None:
                return
            job()


def _perform(future: Future[T], function: Callable[[], T]) -> None:
    """Run the function and hand its outcome to whoever waits, unless nobody does any more."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = function()
    except BaseException as error:  # noqa: BLE001 - the waiter receives whatever the function raised
        future.set_exception(error)
    else:
        future.set_result(result)

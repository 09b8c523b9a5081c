"""Blocking functions run in a bounded number of threads and do not block the loop."""

import asyncio
import contextvars
import threading
from typing import Any

import pytest
from virtrigaud_provider_sdk import BlockingPool


async def test_a_function_runs_in_a_thread_of_the_pool_and_its_result_comes_back() -> None:
    def work(left: int, *, right: int) -> tuple[int, str]:
        return left + right, threading.current_thread().name

    with BlockingPool(1, name="libvirt") as pool:
        assert await pool.run(work, 1, right=2) == (3, "libvirt-1")


async def test_an_exception_comes_back() -> None:
    def fail() -> None:
        raise KeyError("gone")

    with BlockingPool(1) as pool, pytest.raises(KeyError, match="gone"):
        await pool.run(fail)


async def test_at_most_so_many_functions_run_at_once_and_the_others_wait_in_line(until: Any) -> None:
    gate, lock = threading.Event(), threading.Lock()
    running, most = 0, 0

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        gate.wait(20)
        with lock:
            running -= 1

    with BlockingPool(3) as pool:
        calls = [asyncio.create_task(pool.run(work)) for _ in range(10)]
        await until(lambda: running == 3)
        gate.set()
        await asyncio.gather(*calls)
    assert most == 3


async def test_a_caller_that_is_cancelled_in_line_leaves_the_line() -> None:
    gate, ran = threading.Event(), []

    with BlockingPool(1) as pool:
        first = asyncio.create_task(pool.run(gate.wait, 20))
        second = asyncio.create_task(pool.run(ran.append, "second"))
        third = asyncio.create_task(pool.run(ran.append, "third"))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.wait([second])
        gate.set()
        await asyncio.gather(first, third)
    assert ran == ["third"]
    assert second.cancelled()


async def test_a_caller_that_is_cancelled_while_its_function_runs_goes_on_at_once() -> None:
    started, gate = threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        gate.wait(20)

    with BlockingPool(1) as pool:
        call = asyncio.create_task(pool.run(work))
        await asyncio.to_thread(started.wait, 20)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        gate.set()
        assert await pool.run(lambda: "still works") == "still works"


async def test_context_variables_of_the_caller_are_seen() -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")
    variable.set("here")
    with BlockingPool(1) as pool:
        assert await pool.run(variable.get) == "here"


async def test_a_closed_pool_takes_nothing_and_a_pool_needs_a_thread() -> None:
    pool = BlockingPool(1)
    pool.close()
    with pytest.raises(RuntimeError, match="is closed"):
        await pool.run(int)
    with pytest.raises(ValueError, match="at least one thread"):
        BlockingPool(0)

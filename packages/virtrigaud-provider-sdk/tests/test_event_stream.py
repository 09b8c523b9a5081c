"""Events reach every watcher, and a slow one is told to resync."""

import asyncio

import pytest
from virtrigaud_provider_sdk import EventHub, MachineEvent, MachineEventKind, MachineId, TaskRef

RESYNC = MachineEvent(kind=MachineEventKind.RESYNC)


def changed(name: str) -> MachineEvent:
    return MachineEvent(kind=MachineEventKind.CHANGED, machine=MachineId(name))


async def test_a_stream_begins_with_resync_and_then_tells_everything_in_order_to_everybody() -> None:
    hub = EventHub()
    streams = [hub.events(), hub.events()]
    assert [await anext(stream) for stream in streams] == [RESYNC, RESYNC]
    for name in "abc":
        hub.publish(changed(name))
    for stream in streams:
        assert [await anext(stream) for _ in range(3)] == [changed("a"), changed("b"), changed("c")]


async def test_a_stream_waits_for_the_next_event() -> None:
    hub = EventHub()
    stream = hub.events()
    await anext(stream)
    following = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    assert not following.done()
    hub.publish(changed("a"))
    assert await following == changed("a")


async def test_a_watcher_that_is_too_slow_gets_resync_instead_of_what_it_missed_and_others_miss_nothing() -> None:
    hub = EventHub(backlog=2)
    slow, quick = hub.events(), hub.events()
    await anext(slow)
    await anext(quick)
    told = []
    for name in "abcd":
        hub.publish(changed(name))
        told.append(await anext(quick))
    assert told == [changed(name) for name in "abcd"]
    assert [await anext(slow), await anext(slow)] == [RESYNC, changed("d")]


async def test_of_a_machine_only_the_latest_news_waits() -> None:
    hub = EventHub(backlog=2)
    stream = hub.events()
    await anext(stream)
    latest = MachineEvent(kind=MachineEventKind.GONE, machine=MachineId("a"))
    ended = MachineEvent(kind=MachineEventKind.TASK_ENDED, task=TaskRef("task-1"))
    for event in (changed("a"), ended, changed("a"), latest):
        hub.publish(event)
    assert [await anext(stream), await anext(stream)] == [latest, ended]
    hub.publish(changed("a"))
    assert await anext(stream) == changed("a")


async def test_resync_replaces_what_still_waits() -> None:
    hub = EventHub()
    stream = hub.events()
    await anext(stream)
    hub.publish(changed("a"))
    hub.resync()
    hub.publish(changed("b"))
    assert [await anext(stream), await anext(stream)] == [RESYNC, changed("b")]


async def test_a_watcher_that_went_away_gets_nothing_more() -> None:
    hub = EventHub()
    stream = hub.events()
    await anext(stream)
    await stream.aclose()
    hub.publish(changed("a"))
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


async def test_closing_ends_streams_after_what_waits_in_them() -> None:
    hub = EventHub()
    stream = hub.events()
    await anext(stream)
    hub.publish(changed("a"))
    hub.close()
    assert [event async for event in stream] == [changed("a")]
    assert [event async for event in hub.events()] == [RESYNC]

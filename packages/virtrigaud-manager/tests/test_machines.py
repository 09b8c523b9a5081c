"""Ring 2: what is kept of a provider's machines, while answers and events overtake each other."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from virtrigaud_api.contract import MachineId, MachineState, MiB, Owner, PowerState, Submitted, Unsupported
from virtrigaud_manager.providers.machines import Machines
from virtrigaud_provider_memory import MemoryProvider

ID = MachineId("vm-1")
OFF = MachineState(
    id=ID, name="web", owner=Owner("default", "web", "uid"), power=PowerState.OFF, cpus=1, memory=MiB(512)
)
ON = replace(OFF, power=PowerState.ON)


class Hypervisor(MemoryProvider):
    """Says what it is told to say, when it is told to, and counts how often it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.state: MachineState | None = OFF
        self.asked: list[str] = []
        self.answers = asyncio.Event()
        self.answers.set()

    async def describe(self, machine: MachineId) -> MachineState | None:
        self.asked.append("describe")
        state = self.state
        await self.answers.wait()
        return state

    async def find(self, owner: Owner) -> Submitted | None:
        raise Unsupported("this provider does not find machines by their owner")

    async def machines(self) -> Sequence[MachineState]:
        self.asked.append("machines")
        state = self.state
        await self.answers.wait()
        return [] if state is None else [state]


class Seen:
    def __init__(self, *, followed: bool = False) -> None:
        self.hypervisor = Hypervisor()
        self.woken: list[MachineId] = []
        self.machines = Machines(self.hypervisor, lambda machine, _: self.woken.append(machine), followed=followed)

    async def until_woken(self) -> None:
        async with asyncio.timeout(10):
            while not self.woken:  # noqa: ASYNC110 - the wake-up is a plain call
                await asyncio.sleep(0.001)


async def listed() -> Seen:
    seen = Seen()
    await seen.machines.refresh()
    seen.hypervisor.asked.clear()
    return seen


async def test_l37_a_machine_of_which_nothing_was_heard_is_not_asked_for() -> None:
    seen = await listed()
    assert [await seen.machines.look(ID) for _ in range(3)] == [OFF, OFF, OFF]
    assert seen.hypervisor.asked == []


async def test_before_the_first_listing_every_look_asks() -> None:
    seen = Seen()
    assert [await seen.machines.look(ID) for _ in range(2)] == [OFF, OFF]
    assert seen.hypervisor.asked == ["describe", "describe"]


async def test_l36_after_a_start_thousands_of_looks_are_one_listing() -> None:
    seen = Seen(followed=True)
    looks = [asyncio.create_task(seen.machines.look(ID)) for _ in range(1000)]
    await asyncio.sleep(0)
    await seen.machines.refresh()
    assert await asyncio.gather(*looks) == [OFF] * 1000
    assert seen.hypervisor.asked == ["machines"]


async def test_a_look_does_not_wait_for_a_provider_that_cant_be_followed() -> None:
    seen = Seen(followed=True)
    look = asyncio.create_task(seen.machines.look(ID))
    await asyncio.sleep(0)
    seen.machines.lose()
    assert (await look, seen.hypervisor.asked) == (OFF, ["describe"])


async def test_what_something_was_done_to_is_asked_for_again() -> None:
    seen = await listed()
    seen.hypervisor.state = ON
    seen.machines.touch(ID)
    assert await seen.machines.look(ID) == ON
    assert await seen.machines.look(ID) == ON
    assert seen.hypervisor.asked == ["describe"]


async def test_an_event_with_news_wakes_and_one_without_does_not() -> None:
    seen = await listed()
    seen.machines.changed(ID, replace(OFF, raw={"uptime": "12"}))
    assert seen.woken == []
    seen.machines.changed(ID, ON)
    await seen.until_woken()
    assert seen.woken == [ID]


async def test_an_event_that_is_older_than_the_answer_costs_nothing() -> None:
    seen = await listed()
    seen.machines.touch(ID)
    seen.hypervisor.state = ON
    await seen.machines.look(ID)
    seen.hypervisor.asked.clear()
    seen.machines.changed(ID, OFF)
    seen.machines.changed(ID, ON)
    assert (await seen.machines.look(ID), seen.hypervisor.asked) == (ON, [])


async def test_an_answer_that_an_event_contradicts_is_not_kept() -> None:
    seen = await listed()
    seen.machines.touch(ID)
    seen.hypervisor.answers.clear()
    looking = asyncio.create_task(seen.machines.look(ID))
    await asyncio.sleep(0)
    seen.machines.changed(ID, ON)
    seen.hypervisor.state = ON
    seen.hypervisor.answers.set()
    assert await looking == OFF
    assert await seen.machines.look(ID) == ON
    assert seen.woken == [ID]


async def test_an_event_about_a_machine_that_is_going_to_be_looked_at_wakes_nobody() -> None:
    seen = await listed()
    seen.machines.touch(ID)
    seen.machines.changed(ID, ON)
    seen.hypervisor.state = ON
    assert (await seen.machines.look(ID), seen.woken) == (ON, [])


async def test_a_machine_that_went_while_it_was_looked_at_is_looked_at_again() -> None:
    seen = await listed()
    seen.machines.touch(ID)
    seen.hypervisor.answers.clear()
    looking = asyncio.create_task(seen.machines.look(ID))
    await asyncio.sleep(0)
    seen.machines.changed(ID, None)
    seen.hypervisor.state = None
    seen.hypervisor.answers.set()
    assert (await looking, seen.woken) == (OFF, [ID])
    assert await seen.machines.look(ID) is None


async def test_an_answer_that_an_event_confirms_is_kept_whichever_comes_first() -> None:
    for event_first in (True, False):
        seen = await listed()
        seen.machines.touch(ID)
        seen.hypervisor.state = ON
        seen.hypervisor.answers.clear()
        looking = asyncio.create_task(seen.machines.look(ID))
        await asyncio.sleep(0)
        seen.machines.changed(ID, ON if event_first else OFF)
        seen.hypervisor.answers.set()
        assert await looking == ON
        seen.machines.changed(ID, ON)
        seen.hypervisor.asked.clear()
        assert await seen.machines.look(ID) == ON
        assert seen.hypervisor.asked == []


async def test_a_listing_wakes_only_whoever_has_a_machine_that_differs() -> None:
    seen = await listed()
    await seen.machines.refresh()
    assert seen.woken == []
    seen.hypervisor.state = ON
    await seen.machines.refresh()
    assert (seen.woken, await seen.machines.look(ID)) == ([ID], ON)
    seen.hypervisor.state = None
    await seen.machines.refresh()
    assert seen.woken == [ID, ID]
    assert await seen.machines.look(ID) is None


async def test_a_listing_that_is_older_than_a_deed_says_nothing_about_it() -> None:
    seen = await listed()
    seen.hypervisor.answers.clear()
    listing = asyncio.create_task(seen.machines.refresh())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    seen.machines.touch(ID)
    seen.hypervisor.state = ON
    seen.hypervisor.answers.set()
    await listing
    assert await seen.machines.look(ID) == ON


async def test_an_answer_that_tells_the_machine_spares_asking_for_it() -> None:
    seen = await listed()
    since = seen.machines.clock
    seen.machines.told(ID, ON, since)
    seen.machines.changed(ID, ON)
    assert (await seen.machines.look(ID), seen.hypervisor.asked, seen.woken) == (ON, [], [])


async def test_an_answer_that_tells_nothing_makes_the_next_look_ask() -> None:
    seen = await listed()
    seen.hypervisor.state = ON
    seen.machines.told(ID, None, seen.machines.clock)
    assert (await seen.machines.look(ID), seen.hypervisor.asked) == (ON, ["describe"])


async def test_what_an_event_confirms_or_contradicts_before_the_answer_tells_it() -> None:
    for event, asked in ((ON, []), (replace(ON, addresses=("10.0.0.7",)), ["describe"])):
        seen = await listed()
        since = seen.machines.clock
        seen.machines.changed(ID, event)
        seen.machines.told(ID, ON, since)
        seen.hypervisor.state = event
        assert (await seen.machines.look(ID), seen.hypervisor.asked) == (event, asked)


async def test_a_listing_that_is_older_than_an_answer_says_nothing_about_it() -> None:
    seen = await listed()
    seen.hypervisor.answers.clear()
    listing = asyncio.create_task(seen.machines.refresh())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    seen.machines.told(ID, ON, seen.machines.clock)
    seen.hypervisor.answers.set()
    await listing
    assert (await seen.machines.look(ID), seen.woken) == (ON, [])


async def test_l36_lookers_at_the_same_time_share_one_listing() -> None:
    seen = Seen()
    found = await asyncio.gather(*(seen.machines.find(OFF.owner or Owner("", "", "")) for _ in range(50)))
    assert found == [Submitted(machine=ID)] * 50
    assert seen.hypervisor.asked == ["machines"]


async def test_after_a_lost_stream_nothing_is_trusted() -> None:
    seen = await listed()
    seen.machines.lose()
    seen.hypervisor.state = ON
    assert await seen.machines.look(ID) == ON

"""What becomes of the events that libvirt tells, without a libvirt."""

import asyncio

import libvirt
from virtrigaud_api.contract import MachineId
from virtrigaud_provider_libvirt.events import EventFeed
from virtrigaud_provider_libvirt.inventory import Inventory
from virtrigaud_provider_sdk.event_stream import EventHub

MACHINE = MachineId("29918511-d24b-53d1-b9af-2779804c5b55")


class Looks:
    """Remembers which machines were looked at, and sees none."""

    def __init__(self) -> None:
        self.at: list[MachineId] = []
        self.looked = asyncio.Event()

    async def __call__(self, machine: MachineId) -> None:
        self.at.append(machine)
        self.looked.set()


async def as_told(feed: EventFeed, event: int) -> None:
    """Take an event as libvirt's thread brings it, and let the event loop come to it."""
    feed._tell(MACHINE, event)
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def test_a_machine_whose_definition_was_removed_is_looked_at() -> None:
    looks = Looks()
    feed = EventFeed(EventHub(), Inventory(), looks)
    await as_told(feed, libvirt.VIR_DOMAIN_EVENT_UNDEFINED)
    async with asyncio.timeout(5):
        await looks.looked.wait()
    await feed.close()
    assert looks.at == [MACHINE]


async def test_an_event_that_comes_after_the_end_begins_no_look() -> None:
    looks = Looks()
    feed = EventFeed(EventHub(), Inventory(), looks)
    await feed.close()
    await as_told(feed, libvirt.VIR_DOMAIN_EVENT_UNDEFINED)
    await as_told(feed, libvirt.VIR_DOMAIN_EVENT_STARTED)
    assert looks.at == []
    assert asyncio.all_tasks() == {asyncio.current_task()}

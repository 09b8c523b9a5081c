"""L18: what is advertised works, and what is not is refused."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, cast

import pytest
from virtrigaud_api.contract import (
    CloneOrder,
    Clones,
    DiskTransfer,
    Facet,
    GuestCommand,
    GuestCommands,
    ImageInventory,
    ImageOrder,
    Images,
    NotFound,
    OwnerSearch,
    SnapshotId,
    SnapshotOrder,
    Snapshots,
    TaskCancellation,
    TaskRef,
    Unsupported,
    Watch,
    facets_of,
)

from virtrigaud_provider_sdk.conformance.lab import Lab, capabilities_of

pytestmark = pytest.mark.asyncio

Call = Callable[[Any, Lab], Awaitable[object]]


async def snapshot(provider: Snapshots, lab: Lab) -> None:
    await provider.snapshot(await lab.absent(), SnapshotOrder(name="one"))


async def revert(provider: Snapshots, lab: Lab) -> None:
    await provider.revert_to_snapshot(await lab.absent(), SnapshotId("one"))


async def clone(provider: Clones, lab: Lab) -> None:
    name = lab.specimens.name()
    await provider.clone(await lab.absent(), CloneOrder(owner=lab.specimens.owner(name), name=name))


async def prepare_image(provider: Images, lab: Lab) -> None:
    await provider.prepare_image(ImageOrder(name=lab.specimens.name(), source=lab.specimens.absent_image()))


async def find_image(provider: ImageInventory, lab: Lab) -> None:
    await provider.image(ImageOrder(name=lab.specimens.name(), source=lab.specimens.absent_image()))


async def delete_image(provider: ImageInventory, lab: Lab) -> None:
    await provider.delete_image(lab.specimens.name())


async def disk_info(provider: DiskTransfer, lab: Lab) -> None:
    await provider.disk_info(await lab.absent(), "")


async def run_in_guest(provider: GuestCommands, lab: Lab) -> None:
    command = GuestCommand(key="one", arguments=("/bin/true",), timeout=timedelta(seconds=1))
    await provider.run_in_guest(await lab.absent(), command)


async def watch(provider: Watch, _: Lab) -> None:
    async for _event in provider.events():
        return


async def cancel_task(provider: TaskCancellation, _: Lab) -> None:
    await provider.cancel_task(TaskRef("conformance-no-such-task"))


async def find_machine(provider: OwnerSearch, lab: Lab) -> None:
    await provider.find(lab.specimens.owner(lab.specimens.name()))


CALLS: list[tuple[Facet, Call]] = [
    (Facet.SNAPSHOTS, snapshot),
    (Facet.SNAPSHOTS, revert),
    (Facet.CLONES, clone),
    (Facet.IMAGES, prepare_image),
    (Facet.IMAGE_INVENTORY, find_image),
    (Facet.IMAGE_INVENTORY, delete_image),
    (Facet.DISK_TRANSFER, disk_info),
    (Facet.WATCH, watch),
    (Facet.GUEST_COMMANDS, run_in_guest),
    (Facet.TASK_CANCELLATION, cancel_task),
    (Facet.OWNER_SEARCH, find_machine),
]


@pytest.mark.parametrize(("facet", "call"), CALLS, ids=lambda value: getattr(value, "__name__", None))
async def test_l18_a_facet_is_there_if_and_only_if_it_is_advertised(lab: Lab, facet: Facet, call: Call) -> None:
    if facet in lab.capabilities.facets:
        with suppress(NotFound):
            await call(cast("Any", lab.provider), lab)
    elif facet in facets_of(lab.provider):
        # Across the wire every facet has its methods; here it is the other side that refuses.
        with pytest.raises(Unsupported):
            await call(cast("Any", lab.provider), lab)


async def test_capabilities_do_not_change_by_asking(lab: Lab) -> None:
    assert await capabilities_of(lab.provider) == lab.capabilities


async def test_details_are_advertised_with_their_facet_only(lab: Lab) -> None:
    capabilities = lab.capabilities
    if Facet.DISK_TRANSFER in capabilities.facets:
        assert capabilities.export_formats
        assert capabilities.import_formats
    assert Facet.SNAPSHOTS in capabilities.facets or not capabilities.memory_snapshots
    assert Facet.CLONES in capabilities.facets or not capabilities.linked_clones

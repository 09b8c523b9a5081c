"""Images: prepared once by name, shared by many machines, never written to."""

from dataclasses import replace

import pytest
from virtrigaud_api.contract import (
    BootImage,
    Checksum,
    ChecksumType,
    ImageOrder,
    InvalidSpec,
    NotFound,
    PreparedImage,
    Submitted,
)

from virtrigaud_provider_sdk.conformance.lab import Lab

pytestmark = pytest.mark.asyncio


async def prepare(lab: Lab, order: ImageOrder) -> PreparedImage:
    prepared = await lab.images().prepare_image(order)
    await lab.settled(Submitted(task=prepared.task))
    return prepared


def order_of(lab: Lab) -> ImageOrder:
    return ImageOrder(name=f"conformance-{lab.specimens.run}", source=lab.specimens.image)


async def test_machines_are_made_from_a_prepared_image(lab: Lab) -> None:
    prepared = await prepare(lab, order_of(lab))
    image = BootImage(template=prepared.id, path=prepared.path, format=lab.specimens.image.format)
    spec = replace(lab.specimens.spec(), boot=image)
    machine = await lab.create(spec)
    assert (await lab.state(machine)).owner == spec.owner


async def test_preparing_twice_is_preparing_once(lab: Lab) -> None:
    first, second = await prepare(lab, order_of(lab)), await prepare(lab, order_of(lab))
    assert (second.id, second.path) == (first.id, first.path)


async def test_an_image_without_a_source_is_refused(lab: Lab) -> None:
    order = ImageOrder(name=lab.specimens.name(), source=BootImage())
    with pytest.raises(InvalidSpec):
        await prepare(lab, order)


async def test_an_image_that_does_not_exist_is_not_found(lab: Lab) -> None:
    order = ImageOrder(name=lab.specimens.name(), source=lab.specimens.absent_image())
    with pytest.raises(NotFound):
        await prepare(lab, order)


async def test_a_checksum_that_is_none_is_refused(lab: Lab) -> None:
    source = replace(lab.specimens.image, checksum=Checksum(type=ChecksumType.SHA256, hex="12ab"))
    with pytest.raises(InvalidSpec):
        await prepare(lab, ImageOrder(name=lab.specimens.name(), source=source))

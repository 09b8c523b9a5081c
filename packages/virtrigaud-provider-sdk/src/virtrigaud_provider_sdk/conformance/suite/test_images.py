"""Images: prepared once by name, shared by many machines, never written to."""

from dataclasses import replace

import pytest
from virtrigaud_api.contract import (
    BootImage,
    Checksum,
    ChecksumType,
    ImageOrder,
    ImageState,
    InvalidSpec,
    NotFound,
    PreparedImage,
    Submitted,
    WrongState,
)

from virtrigaud_provider_sdk.conformance.lab import Lab

pytestmark = pytest.mark.asyncio


async def removed(lab: Lab, name: str) -> None:
    await lab.settled(await lab.image_inventory().delete_image(name))


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


async def test_a_prepared_image_is_found_and_one_that_was_never_prepared_is_not(lab: Lab) -> None:
    images = lab.image_inventory()
    order = ImageOrder(name=lab.specimens.name(), source=fetched(lab))
    assert await images.image(order) is None
    prepared = await prepare(lab, order)
    found = await images.image(order)
    assert found is not None
    assert (found.id, found.path) == (prepared.id, prepared.path)
    await removed(lab, order.name)


async def test_the_image_that_a_source_names_on_the_hypervisor_is_found(lab: Lab) -> None:
    images, image = lab.image_inventory(), lab.specimens.image
    if image.template is None and image.path is None:
        pytest.skip("the image of this run is named by its URL only")
    found = await images.image(ImageOrder(name=lab.specimens.name(), source=image))
    assert isinstance(found, ImageState)


async def test_a_deleted_image_is_gone_and_deleting_it_again_is_success(lab: Lab) -> None:
    images = lab.image_inventory()
    order = ImageOrder(name=lab.specimens.name(), source=fetched(lab))
    await prepare(lab, order)
    for _ in range(2):
        await removed(lab, order.name)
        assert await images.image(order) is None


async def test_l01_an_image_that_disks_rest_on_is_not_deleted(lab: Lab) -> None:
    images = lab.image_inventory()
    order = ImageOrder(name=lab.specimens.name(), source=fetched(lab))
    prepared = await prepare(lab, order)
    boot = BootImage(template=prepared.id, path=prepared.path)
    machine = await lab.create(replace(lab.specimens.spec(), boot=boot))
    with pytest.raises(WrongState):
        await removed(lab, order.name)
    assert await images.image(order) is not None
    await lab.delete(machine)
    assert await images.image(order) is not None
    await removed(lab, order.name)


def fetched(lab: Lab) -> BootImage:
    """Return a source that has to be prepared: what is on the hypervisor already is none."""
    url = lab.specimens.image_url or lab.specimens.image.url
    if url is None:
        pytest.skip("no image to fetch; give one with --provider-image-url")
    return BootImage(url=url, format=lab.specimens.image.format)

"""What a VMImage is to a provider: the order that prepares it there, under a name that its source decides. Pure.

A name stands for one content for ever, so an image is never changed under the machines that rest on it:
another source is another image.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from typing import Final

from virtrigaud_api.contract import BootImage, ImageOrder
from virtrigaud_api.v1beta1 import VMImage
from virtrigaud_api.v1beta1.provider import ProviderType
from virtrigaud_api.v1beta1.vm_image_prepare import ImagePrepare, ImageStorage

from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.kinds.virtual_machine.boot_source import boot_image, source_for

LONGEST_NAME: Final = 200
_DIGITS: Final = 12


def preparation(image: VMImage) -> ImagePrepare:
    """Return how the image is prepared; with the defaults where nothing is said."""
    return image.spec.prepare or ImagePrepare()


def order_for(image: VMImage, provider_type: str) -> ImageOrder | None:
    """Return the order for a provider of this type; None when the image has no source for it.

    What a download needs to prove who asks is not in it: that is read when it is needed.
    """
    source = source_for(image.spec.source, provider_type)
    if source is None:
        return None
    prepare, boot = preparation(image), boot_image(source)
    if not prepare.validate_checksum:
        boot = dataclasses.replace(boot, checksum=None)
    storage, format_ = _storage(prepare.storage, boot, provider_type), _format(prepare)
    return ImageOrder(name=_name(image, boot, storage, format_), source=boot, storage=storage, format=format_)


def named_providers(image: VMImage) -> Iterator[ObjectKey]:
    """Name the Providers that the image itself asks for."""
    namespace, vsphere = image.metadata.namespace, image.spec.source.vsphere
    for reference in preparation(image).providers:
        yield ObjectKey(ObjectKind.PROVIDER, reference.namespace or namespace, reference.name)
    if vsphere is not None and vsphere.provider_ref is not None:
        yield ObjectKey(ObjectKind.PROVIDER, namespace, vsphere.provider_ref.name)


def _storage(storage: ImageStorage | None, boot: BootImage, provider_type: str) -> str | None:
    chosen = None
    if storage is not None:
        vsphere = storage.vsphere.datastore if storage.vsphere is not None else None
        libvirt = storage.libvirt.storage_pool if storage.libvirt is not None else None
        match provider_type:
            case ProviderType.VSPHERE:
                chosen = vsphere
            case ProviderType.LIBVIRT:
                chosen = libvirt
            case _:
                chosen = libvirt or vsphere
    return chosen or boot.pool


def _format(prepare: ImagePrepare) -> str | None:
    """Return the format to keep the image in; to convert it after the import is the same."""
    wanted = prepare.optimization.convert_format if prepare.optimization is not None else None
    preferred = prepare.storage.preferred_format if prepare.storage is not None else None
    chosen = wanted or preferred
    return None if chosen is None else chosen.value


def _name(image: VMImage, boot: BootImage, storage: str | None, format_: str | None) -> str:
    """Name the image; a forced import has a name for each generation of the spec."""
    metadata = image.metadata
    said: list[object] = [dataclasses.asdict(boot), storage, format_]
    if preparation(image).force:
        said.append([metadata.uid, metadata.generation])
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:_DIGITS]
    return f"{f'{metadata.namespace}.{metadata.name}'[: LONGEST_NAME - _DIGITS - 1]}-{digest}"

"""An image in the shape of a VMImage, as ImagePrepare carries it.

It goes out under the source kind of every hypervisor that could use it, because the wire does not know
which one listens, and comes in from all of them, merged in the order of the Go manager.
"""

from dataclasses import replace

from virtrigaud_api.contract import BootImage, Checksum
from virtrigaud_api.wire.json_fields import ImageSourceField, ImageSpecField
from virtrigaud_api.wire.json_reader import Document, JsonObject, present
from virtrigaud_api.wire.payloads.boot import (
    checksum_from_json,
    disk_format_from_json,
    image_from_json,
    image_to_json,
)

_UNCARRIED_SOURCES = (ImageSpecField.REGISTRY, ImageSpecField.DATA_VOLUME)


def image_spec_to_json(image: BootImage) -> Document:
    """Return the image as a VMImage, and once more in the flat form, which Go providers read as a fallback."""
    sources: Document = {
        ImageSpecField.VSPHERE: _vsphere(image),
        ImageSpecField.LIBVIRT: _libvirt(image),
        ImageSpecField.PROXMOX: _proxmox(image),
        ImageSpecField.HTTP: _http(image),
    }
    return {ImageSpecField.SOURCE: present(sources)} | image_to_json(image)


def image_spec_from_json(document: JsonObject) -> BootImage:
    """Read an image from a VMImage; what it leaves open is taken from the flat form.

    Raises:
        InvalidSpec: A member is not what it must be, or asks for what no provider here can do.
    """
    source = document.child(ImageSpecField.SOURCE)
    for key in _UNCARRIED_SOURCES:
        if source.truthy(key):
            raise source.invalid(key, "providers can't fetch from there; use a template, a path or a URL")
    image = image_from_json(document)
    for part in (
        _from_http(source.child(ImageSpecField.HTTP)),
        _from_vsphere(source.child(ImageSpecField.VSPHERE)),
        _from_libvirt(source.child(ImageSpecField.LIBVIRT)),
        _from_proxmox(source.child(ImageSpecField.PROXMOX)),
    ):
        image = _merged(image, part)
    return image


def _vsphere(image: BootImage) -> Document | None:
    if image.template is None and image.url is None:
        return None
    document: Document = {
        ImageSourceField.TEMPLATE_NAME: image.template,
        ImageSourceField.OVA_URL: image.url,
    }
    return present(document) | _checksum(image.checksum if image.url else None)


def _libvirt(image: BootImage) -> Document | None:
    if image.path is None and image.url is None:
        return None
    document: Document = {
        ImageSourceField.PATH: image.path,
        ImageSourceField.URL: image.url,
        ImageSourceField.FORMAT: image.format,
        ImageSourceField.STORAGE_POOL: image.pool,
    }
    return present(document) | _checksum(image.checksum)


def _proxmox(image: BootImage) -> Document | None:
    if image.template is None:
        return None
    number = image.template if image.template.isascii() and image.template.isdecimal() else ""
    is_id = bool(number) and str(int(number[:18])) == number
    document: Document = {
        ImageSourceField.TEMPLATE_ID: int(number) if is_id else None,
        ImageSourceField.TEMPLATE_NAME: None if is_id else image.template,
        ImageSourceField.STORAGE: image.pool,
        ImageSourceField.FORMAT: image.format,
    }
    return present(document)


def _http(image: BootImage) -> Document | None:
    return None if image.url is None else {ImageSourceField.URL: image.url} | _checksum(image.checksum)


def _checksum(checksum: Checksum | None) -> Document:
    if checksum is None:
        return {}
    return {ImageSourceField.CHECKSUM: checksum.hex, ImageSourceField.CHECKSUM_TYPE: checksum.type}


def _from_http(source: JsonObject) -> BootImage:
    for key in (ImageSourceField.HEADERS, ImageSourceField.AUTHENTICATION):
        if source.truthy(key):
            raise source.invalid(key, "providers send none; use a URL that needs none")
    return BootImage(url=source.optional_text(ImageSourceField.URL), checksum=checksum_from_json(source))


def _from_vsphere(source: JsonObject) -> BootImage:
    if source.truthy(ImageSourceField.CONTENT_LIBRARY):
        raise source.invalid(ImageSourceField.CONTENT_LIBRARY, "providers can't read it; name a template or a URL")
    return BootImage(
        template=source.optional_text(ImageSourceField.TEMPLATE_NAME),
        url=source.optional_text(ImageSourceField.OVA_URL),
        checksum=checksum_from_json(source),
    )


def _from_libvirt(source: JsonObject) -> BootImage:
    return BootImage(
        path=source.optional_text(ImageSourceField.PATH),
        url=source.optional_text(ImageSourceField.URL),
        format=disk_format_from_json(source),
        checksum=checksum_from_json(source),
        pool=source.optional_text(ImageSourceField.STORAGE_POOL),
    )


def _from_proxmox(source: JsonObject) -> BootImage:
    number = source.scalar_text(ImageSourceField.TEMPLATE_ID)
    return BootImage(
        template=number or source.optional_text(ImageSourceField.TEMPLATE_NAME),
        format=disk_format_from_json(source),
        pool=source.optional_text(ImageSourceField.STORAGE),
    )


def _merged(image: BootImage, part: BootImage) -> BootImage:
    """Return the image with what the part adds; a file that the part names comes with its own checksum."""
    names_file = part.path is not None or part.url is not None
    return replace(
        image,
        template=part.template or image.template,
        path=part.path or image.path,
        url=part.url or image.url,
        format=part.format or image.format,
        checksum=part.checksum if names_file else image.checksum,
        pool=part.pool or image.pool,
    )

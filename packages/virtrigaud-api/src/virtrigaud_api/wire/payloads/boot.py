"""The boot source as JSON: what Create and Reconfigure say of an image or of an imported disk."""

from virtrigaud_api.contract import BootImage, BootSource, Checksum, ChecksumType, ImportedDisk
from virtrigaud_api.wire.json_fields import NO_DISK_FORMAT, ImageField, ImportedDiskField
from virtrigaud_api.wire.json_reader import Document, JsonObject


def boot_to_json(boot: BootSource) -> Document:
    """Return the boot source as Create and Reconfigure carry it."""
    match boot:
        case BootImage():
            return image_to_json(boot)
        case ImportedDisk():
            return _imported_disk_to_json(boot)


def image_to_json(image: BootImage) -> Document:
    """Return an image."""
    document: Document = {
        ImageField.TEMPLATE_NAME: image.template or "",
        ImageField.PATH: image.path or "",
        ImageField.URL: image.url or "",
        # A Go provider that gets a path takes the format at its word, so only templates say "template".
        ImageField.FORMAT: image.format or ("" if image.path else NO_DISK_FORMAT),
        ImageField.CHECKSUM: image.checksum.hex if image.checksum else "",
        ImageField.CHECKSUM_TYPE: image.checksum.type if image.checksum else ChecksumType.SHA256,
    }
    return document if image.pool is None else document | {ImageField.POOL: image.pool}


def _imported_disk_to_json(disk: ImportedDisk) -> Document:
    """Return an imported disk: for Go peers its path, and for ours the mark that it is no shared image.

    A Go provider that gets no path starts from an empty disk without a word, so the path that the Go
    manager makes up stands in for an unknown one.
    """
    return {
        ImageField.TEMPLATE_NAME: "",
        ImageField.PATH: disk.path or f"/var/lib/libvirt/images/{disk.disk_id}.{disk.format}",
        ImageField.URL: "",
        ImageField.FORMAT: disk.format,
        ImageField.CHECKSUM: "",
        ImageField.CHECKSUM_TYPE: ChecksumType.SHA256,
        ImageField.IMPORTED_DISK: {
            ImportedDiskField.DISK_ID: disk.disk_id,
            ImportedDiskField.PATH: disk.path or "",
        },
    }


def boot_from_json(document: JsonObject) -> BootSource:
    """Read the boot source. A path without our mark is a shared image, which nobody may write to.

    Raises:
        InvalidSpec: A member is not what it must be.
    """
    if not document.has(ImageField.IMPORTED_DISK):
        return image_from_json(document)
    disk = document.child(ImageField.IMPORTED_DISK)
    disk_id = disk.optional_text(ImportedDiskField.DISK_ID)
    if disk_id is None:
        raise disk.invalid(ImportedDiskField.DISK_ID, "expected the id of a disk, got none")
    return ImportedDisk(
        disk_id=disk_id,
        path=disk.optional_text(ImportedDiskField.PATH),
        format=document.optional_text(ImageField.FORMAT) or ImportedDisk(disk_id=disk_id).format,
    )


def image_from_json(document: JsonObject) -> BootImage:
    """Read an image."""
    return BootImage(
        template=document.optional_text(ImageField.TEMPLATE_NAME),
        path=document.optional_text(ImageField.PATH),
        url=document.optional_text(ImageField.URL),
        format=disk_format_from_json(document),
        checksum=checksum_from_json(document),
        pool=document.optional_text(ImageField.POOL),
    )


def disk_format_from_json(document: JsonObject) -> str | None:
    """Read a disk format; the Go manager's word for "none" is none."""
    disk_format = document.optional_text(ImageField.FORMAT)
    return None if disk_format == NO_DISK_FORMAT else disk_format


def checksum_from_json(document: JsonObject) -> Checksum | None:
    """Read a checksum; its type is SHA-256 where none is named."""
    digest = document.optional_text(ImageField.CHECKSUM)
    if digest is None:
        return None
    kind = document.choice(ImageField.CHECKSUM_TYPE, ChecksumType) or ChecksumType.SHA256
    return Checksum(type=kind, hex=digest.lower())

"""What a machine boots from, in the words of its provider's type. Pure; part of `desired`."""

from virtrigaud_api import contract
from virtrigaud_api.v1beta1 import VirtualMachine, VMImage
from virtrigaud_api.v1beta1.image_format import ChecksumType
from virtrigaud_api.v1beta1.provider import ProviderType
from virtrigaud_api.v1beta1.vm_image_source import (
    HttpImageSource,
    ImageSource,
    LibvirtImageSource,
    ProxmoxImageSource,
    VSphereImageSource,
)

_OWN_FORMAT = "template"

Source = VSphereImageSource | LibvirtImageSource | ProxmoxImageSource | HttpImageSource


def boot_source(vm: VirtualMachine, image: VMImage | None, provider_type: str) -> contract.BootSource:
    """Say what the machine boots from; `refused.faults` has made sure that something is named."""
    disk = vm.spec.imported_disk
    if disk is not None:
        return contract.ImportedDisk(disk_id=disk.disk_id, path=disk.path, format=disk.format.value)
    source = None if image is None else source_for(image.spec.source, provider_type)
    return contract.BootImage() if source is None else boot_image(source)


def boot_image(source: Source) -> contract.BootImage:
    """Say to a provider what its source of an image says."""
    match source:
        case VSphereImageSource():
            return contract.BootImage(
                template=source.template_name,
                url=source.ova_url,
                format=_OWN_FORMAT,
                checksum=_checksum(source.checksum, source.checksum_type),
            )
        case LibvirtImageSource():
            return contract.BootImage(
                path=source.path,
                url=source.url,
                format=source.format.value,
                checksum=_checksum(source.checksum, source.checksum_type),
                pool=source.storage_pool,
            )
        case ProxmoxImageSource():
            number = source.template_id
            template = source.template_name if number is None else str(number)
            return contract.BootImage(template=template, format=source.format.value, pool=source.storage)
        case HttpImageSource():
            return contract.BootImage(url=source.url, checksum=_checksum(source.checksum, source.checksum_type))


def is_fetched(source: Source) -> bool:
    """Tell whether the image has to be brought to the hypervisor; one that is there is used where it is."""
    match source:
        case HttpImageSource():
            return True
        case LibvirtImageSource():
            return source.path is None
        case VSphereImageSource():
            return source.template_name is None
        case ProxmoxImageSource():
            return False


def source_for(source: ImageSource, provider_type: str) -> Source | None:
    """Choose the source that is meant for a type of provider: its own, else a download.

    A provider of a type that has no source of its own takes the first that is there.
    """
    match provider_type:
        case ProviderType.VSPHERE:
            return source.vsphere or source.http
        case ProviderType.LIBVIRT:
            return source.libvirt or source.http
        case ProviderType.PROXMOX:
            return source.proxmox or source.http
        case _:
            return source.http or source.libvirt or source.vsphere or source.proxmox


def _checksum(digest: str | None, kind: ChecksumType) -> contract.Checksum | None:
    return None if not digest else contract.Checksum(type=contract.ChecksumType(kind.value), hex=digest.lower())

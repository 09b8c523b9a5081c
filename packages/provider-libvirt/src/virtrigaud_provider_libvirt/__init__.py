"""Machines on libvirt and QEMU/KVM for VirtRigaud."""

from virtrigaud_provider_libvirt.provider import LibvirtProvider
from virtrigaud_provider_libvirt.settings import LibvirtSettings

__all__ = ["LibvirtProvider", "LibvirtSettings"]

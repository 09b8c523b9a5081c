"""Removes a machine and what was made for it, and nothing else."""

import contextlib

import libvirt
from virtrigaud_api.contract import Conflict, MachineId

from virtrigaud_provider_libvirt import lookup, volumes
from virtrigaud_provider_libvirt.faults import is_absent
from virtrigaud_provider_libvirt.session import Link

_WITH_EVERYTHING = (
    libvirt.VIR_DOMAIN_UNDEFINE_NVRAM
    | libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
    | libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
    | libvirt.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
)


def delete(link: Link, machine: MachineId) -> None:
    """Remove a machine; one that is absent is success.

    The domain goes last: as long as anything is left, the note of what was made is left too, and the next
    call goes on with it.

    Raises:
        Conflict: The machine was not made by VirtRigaud.
        libvirt.libvirtError: For the session to translate.
    """
    domain = lookup.domain(link.connection, machine)
    if domain is None:
        return
    known = lookup.stored_document(domain).metadata
    if known is None:
        raise Conflict(f"machine {machine} ({domain.name()}) was not made by VirtRigaud and is not deleted")
    if domain.isActive():
        _stop(domain)
    for volume in known.volumes:
        volumes.remove(link.connection, volume.pool, volume.name)
    try:
        domain.undefineFlags(_WITH_EVERYTHING)
    except libvirt.libvirtError as error:
        if not is_absent(error, libvirt.VIR_ERR_NO_DOMAIN):
            raise


def _stop(domain: libvirt.virDomain) -> None:
    """Stop it hard; one that stopped by itself meanwhile is as good."""
    try:
        domain.destroy()
    except libvirt.libvirtError:
        with contextlib.suppress(libvirt.libvirtError):
            if not domain.isActive():
                return
        raise

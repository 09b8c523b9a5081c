"""Changes the power state. What is there already is success."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import libvirt
from virtrigaud_api.contract import MachineId, PowerVerb, WrongState

from virtrigaud_provider_libvirt import leases, lookup, volumes
from virtrigaud_provider_libvirt.inventory import Inventory
from virtrigaud_provider_libvirt.session import Link

_GUEST_OR_BUTTON = libvirt.VIR_DOMAIN_SHUTDOWN_GUEST_AGENT | libvirt.VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN
_REBOOT_GUEST_OR_BUTTON = libvirt.VIR_DOMAIN_REBOOT_GUEST_AGENT | libvirt.VIR_DOMAIN_REBOOT_ACPI_POWER_BTN


def power_on(link: Link, machine: MachineId, inventory: Inventory) -> bool:
    """Start it, or wake it when it sleeps."""
    domain = lookup.require_domain(link.connection, machine)
    match _state(domain):
        case libvirt.VIR_DOMAIN_SHUTOFF:
            _start(link, domain, inventory)
        case libvirt.VIR_DOMAIN_PAUSED:
            domain.resume()
        case libvirt.VIR_DOMAIN_PMSUSPENDED:
            domain.pMWakeup()
        case libvirt.VIR_DOMAIN_CRASHED:
            domain.destroy()
            _start(link, domain, inventory)
        case _:
            pass
    return True


def power_off(link: Link, machine: MachineId, inventory: Inventory) -> bool:
    """Stop it hard. A machine that crashed and does not run is off from now on."""
    domain = lookup.require_domain(link.connection, machine)
    if _state(domain) == libvirt.VIR_DOMAIN_SHUTOFF:
        _give_memory_up(domain, inventory)
        inventory.accept_crash(machine)
        return True
    try:
        domain.destroy()
    except libvirt.libvirtError:
        if _state(domain) != libvirt.VIR_DOMAIN_SHUTOFF:
            raise
    return True


def shut_down(link: Link, machine: MachineId, inventory: Inventory) -> bool:
    """Ask the guest to stop; not settled, because it stops in its own time."""
    if is_off(link, machine):
        return power_off(link, machine, inventory)
    ask_to_shut_down(link, machine)
    return False


def reboot(link: Link, machine: MachineId, inventory: Inventory) -> bool:
    """Ask the guest to start again.

    Raises:
        WrongState: It does not run.
    """
    domain = lookup.require_domain(link.connection, machine)
    if _state(domain) != libvirt.VIR_DOMAIN_RUNNING:
        raise WrongState(f"cannot reboot machine {machine}: it does not run")
    domain.reboot(_REBOOT_GUEST_OR_BUTTON)
    return True


def suspend(link: Link, machine: MachineId, inventory: Inventory) -> bool:
    """See whether it can be suspended; not settled, because its memory takes time to be saved.

    Raises:
        WrongState: It does not run.
    """
    domain = lookup.require_domain(link.connection, machine)
    if domain.isActive():
        return False
    if not domain.hasManagedSaveImage():
        raise WrongState(f"cannot suspend machine {machine}: it does not run")
    return True


DEEDS: Mapping[PowerVerb, Callable[[Link, MachineId, Inventory], bool]] = MappingProxyType(
    {
        PowerVerb.ON: power_on,
        PowerVerb.OFF: power_off,
        PowerVerb.SHUTDOWN: shut_down,
        PowerVerb.REBOOT: reboot,
        PowerVerb.SUSPEND: suspend,
    }
)
"""What each verb does; True says that nothing is left to wait for."""


def is_off(link: Link, machine: MachineId) -> bool:
    """It does not run; a machine that is gone does not either."""
    domain = lookup.domain(link.connection, machine)
    return domain is None or _state(domain) == libvirt.VIR_DOMAIN_SHUTOFF


def ask_to_shut_down(link: Link, machine: MachineId) -> None:
    """Ask the guest to stop: through its agent where it has one, otherwise with the power button."""
    domain = lookup.require_domain(link.connection, machine)
    match _state(domain):
        case libvirt.VIR_DOMAIN_SHUTOFF:
            return
        case libvirt.VIR_DOMAIN_PAUSED:
            domain.resume()
        case libvirt.VIR_DOMAIN_PMSUSPENDED:
            domain.pMWakeup()
        case _:
            pass
    try:
        domain.shutdownFlags(_GUEST_OR_BUTTON)
    except libvirt.libvirtError:
        if _state(domain) != libvirt.VIR_DOMAIN_SHUTOFF:
            raise


def _start(link: Link, domain: libvirt.virDomain, inventory: Inventory) -> None:
    stored = lookup.stored_document(domain)
    inventory.keep_earlier_leases(stored.machine, leases.leases_of(link.connection, stored.nics))
    for volume in () if stored.metadata is None else stored.metadata.volumes:
        if volume.grows_to:
            volumes.grow(link.connection, volume.pool, volume.name, volume.grows_to)
    try:
        domain.create()
    except libvirt.libvirtError:
        # Somebody else was quicker.
        if not domain.isActive():
            raise


def save_memory(link: Link, machine: MachineId) -> None:
    """Save the memory to the host's disk and stop the machine; starting it restores the memory."""
    domain = lookup.require_domain(link.connection, machine)
    try:
        domain.managedSave()
    except libvirt.libvirtError:
        if domain.isActive() or not domain.hasManagedSaveImage():
            raise


def _give_memory_up(domain: libvirt.virDomain, inventory: Inventory) -> None:
    if domain.hasManagedSaveImage():
        domain.managedSaveRemove()
        inventory.changed(MachineId(domain.UUIDString()))


def _state(domain: libvirt.virDomain) -> int:
    return int(domain.state()[0])

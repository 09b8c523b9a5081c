"""Looks at machines: one thoroughly, or all of them in a constant number of calls."""

import libvirt
from virtrigaud_api.contract import DiskState, MachineId, MachineState, NicState, Placement, PowerState

from virtrigaud_provider_libvirt import addresses, domain_stats, guest_agent, leases, lookup
from virtrigaud_provider_libvirt.addresses import AddressesOfMac
from virtrigaud_provider_libvirt.domain_stats import DomainStats
from virtrigaud_provider_libvirt.domain_xml.metadata import ROOT_ROLE, disk_name
from virtrigaud_provider_libvirt.domain_xml.reading import DiskDocument, NicDocument
from virtrigaud_provider_libvirt.faults import is_absent
from virtrigaud_provider_libvirt.inventory import Documents, Inventory
from virtrigaud_provider_libvirt.session import Link


def describe(link: Link, inventory: Inventory, machine: MachineId) -> MachineState | None:
    """Look at one machine; None when libvirt says that it does not exist."""
    domain = lookup.domain(link.connection, machine)
    if domain is None:
        return None
    try:
        inventory.changed(machine)
        stats = domain_stats.of_one(link.connection, domain)
        documents = _documents(domain, inventory, stats)
        found = _guest_addresses(link, domain, inventory, documents) if stats.power is PowerState.ON else {}
    except libvirt.libvirtError as error:
        if is_absent(error, libvirt.VIR_ERR_NO_DOMAIN):
            return None
        raise
    return _state(link, inventory, stats, documents, found)


def describe_all(link: Link, inventory: Inventory) -> tuple[MachineState, ...]:
    """Look at every machine.

    Documents are read once and kept until an event says that the machine changed, so that a list of machines
    at rest costs one call for statistics and one for each network's leases.
    """
    everything = domain_stats.of_all(link.connection)
    every_lease = leases.all_leases(link.connection)
    states = []
    for stats in everything:
        documents = inventory.documents(stats.machine) or _read(link, inventory, stats)
        if documents is not None:
            found = leases.leased(every_lease, inventory.earlier_leases(stats.machine)) if stats.is_active else {}
            states.append(_state(link, inventory, stats, documents, found))
    return tuple(states)


def _read(link: Link, inventory: Inventory, stats: DomainStats) -> Documents | None:
    domain = lookup.domain(link.connection, stats.machine)
    if domain is None:
        return None
    try:
        return _documents(domain, inventory, stats)
    except libvirt.libvirtError as error:
        if is_absent(error, libvirt.VIR_ERR_NO_DOMAIN):
            return None
        raise


def _documents(domain: libvirt.virDomain, inventory: Inventory, stats: DomainStats) -> Documents:
    as_of = inventory.changes(stats.machine)
    stored = lookup.stored_document(domain)
    documents = Documents(stored, lookup.running_document(domain, stored) if stats.is_active else stored)
    inventory.keep(stats.machine, documents, as_of=as_of)
    return documents


def _guest_addresses(
    link: Link, domain: libvirt.virDomain, inventory: Inventory, documents: Documents
) -> AddressesOfMac:
    """Ask the agent and the leases of a running guest; the host's neighbour table only where neither knows."""
    machine = documents.running.machine
    if documents.running.agent_connected:
        facts = guest_agent.ask(domain)
        if facts is not None:
            inventory.keep_agent(machine, facts)
    taken = leases.leases_of(link.connection, documents.running.nics)
    found = leases.leased(taken, inventory.earlier_leases(machine))
    if not found and not inventory.agent(machine).addresses:
        return addresses.seen_by_the_host(domain)
    return found


def _state(
    link: Link, inventory: Inventory, stats: DomainStats, documents: Documents, found: AddressesOfMac
) -> MachineState:
    stored, running = documents.stored, documents.running
    agent = inventory.agent(stats.machine)
    known = addresses.merged(found, agent.addresses if stats.is_active else {})
    nics = tuple(_nic(nic, known) for nic in running.nics)
    return MachineState(
        id=stats.machine,
        name=running.name,
        owner=None if stored.metadata is None else stored.metadata.owner,
        power=_power(inventory, stats),
        cpus=stats.cpus,
        memory=stats.memory,
        addresses=tuple(address for nic in nics for address in nic.addresses),
        hostname=agent.hostname if stats.is_active else None,
        console_url=running.console_url,
        nics=nics,
        disks=tuple(_disk(disk, stats) for disk in running.disks),
        pending_restart=stats.is_active and _differs(stats, documents),
        tags=() if stored.metadata is None else stored.metadata.tags,
        placement=Placement(host=link.host.name),
        is_complete=stored.metadata is not None,
        raw={"state": stats.state, "domain": running.name, "agent": _agent(documents)},
    )


def _power(inventory: Inventory, stats: DomainStats) -> PowerState:
    accepted = stats.power is PowerState.CRASHED and not stats.is_active and inventory.is_crash_accepted(stats.machine)
    return PowerState.OFF if accepted else stats.power


def _differs(stats: DomainStats, documents: Documents) -> bool:
    """The machine would be another one after its next start."""
    stored, running = documents.stored, documents.running
    now = (stats.cpus, stats.memory, running.tuning, running.nics, running.disks)
    if now != (stored.cpus, stored.memory, stored.tuning, stored.nics, stored.disks):
        return True
    volumes = () if stored.metadata is None else stored.metadata.volumes
    return any(volume.grows_to > stats.disk_bytes.get(volume.target, volume.grows_to) for volume in volumes)


def _nic(nic: NicDocument, known: AddressesOfMac) -> NicState:
    return NicState(
        name=nic.name,
        mac=nic.mac,
        addresses=addresses.in_order(known.get(nic.mac, ())),
        network=nic.network or None,
        bridge=nic.bridge or None,
        vlan=int(nic.vlan) if nic.vlan else None,
        model=nic.model or None,
        is_described=nic.is_ours,
    )


def _disk(disk: DiskDocument, stats: DomainStats) -> DiskState:
    return DiskState(
        id=disk.name,
        path=disk.path,
        size_bytes=stats.disk_bytes.get(disk.target, 0),
        format=disk.format,
        name=disk_name(disk.name),
        is_root=disk.name == ROOT_ROLE,
    )


def _agent(documents: Documents) -> str:
    return "connected" if documents.running.agent_connected else "not connected"

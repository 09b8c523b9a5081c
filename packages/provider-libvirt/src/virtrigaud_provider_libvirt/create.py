"""Makes a machine: looks for the owner's, makes its volumes, defines the domain, and starts it where that is wanted."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import libvirt
import structlog
from virtrigaud_api.contract import BootImage, Busy, Conflict, InvalidSpec, MachineId, MachineSpec, ProviderError

from virtrigaud_provider_libvirt import admission, boot_image, image_store, lookup, networks, power, seed_iso
from virtrigaud_provider_libvirt.domain_xml.disk import Taken
from virtrigaud_provider_libvirt.domain_xml.domain import DomainPlan, domain_document
from virtrigaud_provider_libvirt.domain_xml.metadata import Metadata, NamedNic
from virtrigaud_provider_libvirt.faults import is_connection_lost
from virtrigaud_provider_libvirt.identity import Identity, identify
from virtrigaud_provider_libvirt.image_checksum import VerifiedImages
from virtrigaud_provider_libvirt.inventory import Inventory
from virtrigaud_provider_libvirt.machine_volumes import MachineVolumes
from virtrigaud_provider_libvirt.session import Link
from virtrigaud_provider_libvirt.settings import LibvirtSettings
from virtrigaud_provider_libvirt.volumes import Backing

_log = structlog.get_logger("virtrigaud.libvirt")


@dataclass(frozen=True, slots=True)
class Means:
    """What creation needs beside the spec."""

    settings: LibvirtSettings
    verified: VerifiedImages
    inventory: Inventory


def is_long(spec: MachineSpec) -> bool:
    """Creation reads the whole image, to check its digest."""
    return isinstance(spec.boot, BootImage) and spec.boot.checksum is not None


def create(link: Link, spec: MachineSpec, means: Means) -> MachineId:
    """Make the machine of an owner, or return the one that is there, as it is.

    Raises:
        ProviderError: As the port says.
        libvirt.libvirtError: For the session to translate.
    """
    identity = identify(spec.owner, spec.name)
    if _exists(link.connection, spec, identity):
        return identity.machine
    admission.admit(spec, link.host)
    pool = spec.placement.datastore or means.settings.default_datastore
    with _making(link.connection, identity, pool) as volumes:
        plan = _plan(link, spec, identity, volumes, means)
        is_ours = _define(link.connection, plan)
    if is_ours and spec.starts:
        _start(link, identity.machine, means.inventory)
    return identity.machine


def _exists(connection: libvirt.virConnect, spec: MachineSpec, identity: Identity) -> bool:
    """The owner has its machine already.

    Raises:
        Conflict: The machine of that name is another owner's, or nobody's.
    """
    if lookup.domain(connection, identity.machine) is not None:
        return True
    other = lookup.domain_by_name(connection, identity.domain)
    if other is None:
        return False
    known = lookup.stored_document(other).metadata
    whose = "was not made by VirtRigaud" if known is None else f"belongs to {known.owner} (uid {known.owner.uid})"
    raise Conflict(f"cannot create machine {spec.owner}: domain {identity.domain} exists already and {whose}")


def _define(connection: libvirt.virConnect, plan: DomainPlan) -> bool:
    """Define the domain; when libvirt refuses it, look first whether somebody else was quicker.

    Returns:
        Whether it was defined by this call.

    Raises:
        Conflict: The name was taken meanwhile.
    """
    try:
        connection.defineXMLFlags(domain_document(plan), libvirt.VIR_DOMAIN_DEFINE_VALIDATE)
    except libvirt.libvirtError as error:
        if is_connection_lost(error) or not _exists(connection, plan.spec, plan.identity):
            raise
        return False
    return True


def _start(link: Link, machine: MachineId, inventory: Inventory) -> None:
    """Start the machine that was just made; where that fails it stays off, and powering it on tells why."""
    try:
        power.power_on(link, machine, inventory)
    except (libvirt.libvirtError, ProviderError) as error:
        if isinstance(error, libvirt.libvirtError) and is_connection_lost(error):
            raise
        _log.warning("made, and could not be started", machine=machine, error=str(error))


@contextlib.contextmanager
def _making(connection: libvirt.virConnect, identity: Identity, pool: str) -> Iterator[MachineVolumes]:
    """Remove the volumes that were made when the machine did not come to be."""
    volumes = MachineVolumes(connection, identity, pool)
    try:
        yield volumes
    except Busy:
        # Another process makes the same machine; what is there is its as well.
        raise
    except BaseException:
        # The first cause counts; what cannot be removed now is used again by the next call.
        with contextlib.suppress(libvirt.libvirtError):
            if lookup.domain(connection, identity.machine) is None:
                volumes.discard()
        raise


def _check_import(spec: MachineSpec, backing: Backing) -> None:
    """An import is used through the image that it was made for, whose id a VMImage can't state by itself.

    Raises:
        InvalidSpec: The spec names an import by its path alone.
    """
    volume = Path(backing.path).name
    stated = spec.boot.template if isinstance(spec.boot, BootImage) else None
    if spec.owner.namespace and image_store.is_import(volume) and stated != volume:
        raise InvalidSpec(f"{volume} was imported for a VMImage: refer to that one instead of naming its path")


def _plan(link: Link, spec: MachineSpec, identity: Identity, volumes: MachineVolumes, means: Means) -> DomainPlan:
    """Find what is named, make what is missing, and say what the domain is to be."""
    settings = means.settings
    nics = networks.plugged_nics(link.connection, spec.nics, identity.mac, settings.default_network)
    seed = seed_iso.seed_image(spec, identity, nics)
    pool = spec.placement.datastore or settings.default_datastore
    backing = boot_image.find(link.connection, spec.boot, pool, means.verified)
    _check_import(spec, backing)
    root = volumes.root(spec.hardware.root_disk, backing)
    disks = volumes.data(spec.disks, Taken())
    seed_path = volumes.seed(seed)
    ignition = None if spec.guest.ignition is None else volumes.ignition(spec.guest.ignition)
    metadata = Metadata(
        owner=spec.owner,
        image=boot_image.wanted_path(spec.boot),
        volumes=volumes.owned,
        nics=tuple(NamedNic(name=plugged.nic.name, mac=plugged.mac) for plugged in nics),
        tags=spec.tags,
    )
    return DomainPlan(
        spec=spec,
        identity=identity,
        host=link.host,
        metadata=metadata,
        console_listen=settings.console_listen,
        root=root,
        disks=disks,
        seed=seed_path,
        ignition=ignition,
        nics=nics,
    )

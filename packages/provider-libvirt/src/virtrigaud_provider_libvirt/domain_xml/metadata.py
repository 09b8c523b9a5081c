"""What we store with a domain in an XML namespace of our own: whose it is and what was made for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from virtrigaud_api.contract import Owner

from virtrigaud_provider_libvirt.domain_xml.document import element

NAMESPACE = "https://infra.virtrigaud.io/xmlns/libvirt/1"
PREFIX = "virtrigaud"
ROOT_ROLE, SEED_ROLE, IGNITION_ROLE = "root", "seed", "ignition"
_DATA_ROLE = "disk-"
_DELETE = "delete"

ET.register_namespace(PREFIX, NAMESPACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedVolume:
    """A volume that was made for the machine and goes with it.

    Attributes:
        role: "root", "seed", "ignition" or "disk-" and the data disk's name.
        target: The guest device that it is attached as; empty where it is none.
        goes_when_removed: Its file goes when a spec does not name the disk any more.
        grows_to: Bytes that it gets when the machine is started next; 0 when nothing waits.
    """

    role: str
    pool: str
    name: str
    target: str = ""
    goes_when_removed: bool = False
    grows_to: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedNic:
    """Which MAC address the NIC of that name has."""

    name: str
    mac: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What we know about a machine that libvirt has no place for.

    Attributes:
        image: The image that it was made from, as its spec named it.
    """

    owner: Owner
    image: str = ""
    volumes: tuple[OwnedVolume, ...] = ()
    nics: tuple[NamedNic, ...] = ()
    tags: tuple[str, ...] = ()


def disk_role(name: str) -> str:
    """The role of the data disk of that name."""
    return f"{_DATA_ROLE}{name}"


def disk_name(role: str) -> str:
    """The name of the data disk of that role; empty for a role that is no data disk's."""
    return role.removeprefix(_DATA_ROLE) if role.startswith(_DATA_ROLE) else ""


def write(metadata: Metadata) -> ET.Element:
    """The child of `<metadata>`."""
    owner = metadata.owner
    children = [_ours("owner", namespace=owner.namespace, name=owner.name, uid=owner.uid)]
    children.append(_ours("image", path=metadata.image))
    children += [_volume_element(volume) for volume in metadata.volumes]
    children += [_ours("nic", name=nic.name, mac=nic.mac) for nic in metadata.nics]
    children += [_ours("tag", value=tag) for tag in metadata.tags]
    return element(_tag("machine"), None, *children)


def read(domain: ET.Element) -> Metadata | None:
    """What is stored with a domain; None for a domain that is not ours."""
    ours = domain.find(f"metadata/{_tag('machine')}")
    owner = None if ours is None else ours.find(_tag("owner"))
    if ours is None or owner is None:
        return None
    return Metadata(
        owner=Owner(owner.get("namespace", ""), owner.get("name", ""), owner.get("uid", "")),
        image="" if (image := ours.find(_tag("image"))) is None else image.get("path", ""),
        volumes=tuple(_volume(found) for found in _all(ours, "volume")),
        nics=tuple(NamedNic(name=found.get("name", ""), mac=found.get("mac", "")) for found in _all(ours, "nic")),
        tags=tuple(found.get("value", "") for found in _all(ours, "tag")),
    )


def _volume(found: ET.Element) -> OwnedVolume:
    return OwnedVolume(
        role=found.get("role", ""),
        pool=found.get("pool", ""),
        name=found.get("name", ""),
        target=found.get("target", ""),
        goes_when_removed=found.get("removal") == _DELETE,
        grows_to=int(found.get("growsTo", "0")),
    )


def _volume_element(volume: OwnedVolume) -> ET.Element:
    return _ours(
        "volume",
        role=volume.role,
        pool=volume.pool,
        name=volume.name,
        target=volume.target,
        removal=_DELETE if volume.goes_when_removed else "",
        growsTo=str(volume.grows_to or ""),
    )


def _all(ours: ET.Element, name: str) -> Sequence[ET.Element]:
    return ours.findall(_tag(name))


def _ours(tag: str, **attributes: str) -> ET.Element:
    return element(_tag(tag), {key: value for key, value in attributes.items() if value})


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"

"""What stands in the documents `as-libvirt-stores-it.xml` and `as-libvirt-runs-it.xml`."""

from virtrigaud_api.contract import Owner
from virtrigaud_provider_libvirt.domain_xml.metadata import Metadata, NamedNic, OwnedVolume

FILES = "team-a.web-29918511"
LAN, SECOND = "52:ec:08:28:c3:6a", "52:d7:83:3d:54:72"

METADATA = Metadata(
    owner=Owner("team-a", "web", "uid-of-web"),
    image="guest.qcow2",
    volumes=(
        OwnedVolume(role="root", pool="virtrigaud", name=f"{FILES}-root.qcow2", target="vda"),
        OwnedVolume(role="disk-data", pool="virtrigaud", name=f"{FILES}-disk-data.qcow2", target="vdb"),
        OwnedVolume(role="seed", pool="virtrigaud", name=f"{FILES}-seed.iso"),
    ),
    nics=(NamedNic(name="lan", mac=LAN), NamedNic(name="second", mac=SECOND)),
    tags=("x",),
)

"""A network interface of a virtual machine, as its owner asks for it."""

from pydantic import Field

from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.references import ObjectReference
from virtrigaud_api.v1beta1.scalars import DnsLabel, Int32, IPv4Address, MacAddress


class NetworkRef(KubeModel):
    """A network interface."""

    name: DnsLabel
    """Name of the interface, unique in the machine; the interface keeps its identity by it."""
    network_ref: ObjectReference | None = None
    """The VMNetworkAttachment to connect to; the provider's default network when left out."""
    ip_address: IPv4Address | None = None
    """Static IPv4 address; by DHCP when left out. Needs prefix."""
    prefix: Int32 | None = Field(default=None, ge=1, le=32)
    """Length of the network prefix of the static address, in bits."""
    gateway: IPv4Address | None = None
    """IPv4 address of the default gateway that goes with the static address."""
    dns: str | None = None
    """Name servers that go with the static address: IP addresses, separated by commas."""
    mac_address: MacAddress | None = None
    """Hardware address; chosen by the provider when left out."""

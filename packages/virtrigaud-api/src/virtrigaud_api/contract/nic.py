"""Network interfaces: as wanted, and as seen."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A static route that the guest is told.

    Attributes:
        destination: Network that it leads to, as in 10.0.0.0/8.
        gateway: Address of the next hop.
        metric: Cost; lower wins, None leaves it to the guest.
    """

    destination: str
    gateway: str
    metric: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticAddress:
    """A fixed IPv4 address that the guest is told to take.

    Attributes:
        prefix: Length of the network prefix, 1 to 32.
        dns: Addresses of name servers, in order of preference.
    """

    address: str
    prefix: int
    gateway: str | None = None
    dns: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Nic:
    """One network interface, known by its name within the machine.

    At most one of `network` and `bridge` is the backing; with neither the provider's default
    network is used. A NIC keeps its MAC address and its slot for the machine's whole life.

    Attributes:
        network: Name of a libvirt network or a vSphere port group.
        bridge: Name of a bridge on the host or node.
        vlan: VLAN tag, 1 to 4094.
        model: Device model in the hypervisor's word (virtio, vmxnet3, e1000).
        mac: Wanted MAC address; None lets the provider choose a stable one.
        static: None means DHCP.
        mtu: Largest frame payload in bytes.
        name_servers: Addresses of name servers beside those of the static address or of DHCP.
        search: Domains in which the guest looks for short names.
    """

    name: str
    network: str | None = None
    bridge: str | None = None
    vlan: int | None = None
    model: str | None = None
    mac: str | None = None
    static: StaticAddress | None = None
    pci_slot: int | None = None
    mtu: int | None = None
    name_servers: tuple[str, ...] = ()
    search: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NicState:
    """A network interface as the hypervisor and the guest show it.

    Attributes:
        name: Its name in the spec; one that the spec does not name has the hypervisor's.
        vlan: None without a tag.
        is_described: The spec that the provider took last names it.
    """

    name: str
    mac: str
    addresses: tuple[str, ...] = ()
    network: str | None = None
    bridge: str | None = None
    vlan: int | None = None
    model: str | None = None
    is_described: bool = False

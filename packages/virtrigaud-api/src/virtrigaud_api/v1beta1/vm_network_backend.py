"""The network that an attachment stands for, on each sort of hypervisor."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from annotated_types import MaxLen
from pydantic import Field, StringConstraints

from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.scalars import Boolean, Int32, Int64, NativeName, VlanId


class NetworkType(StrEnum):
    """How a network reaches the outside."""

    BRIDGED = "bridged"
    NAT = "nat"
    ISOLATED = "isolated"
    HOST_ONLY = "host-only"
    EXTERNAL = "external"


class VSphereAdapterType(StrEnum):
    """Model of a network card on vSphere."""

    VMXNET3 = "vmxnet3"
    E1000 = "e1000"
    E1000E = "e1000e"


class PortgroupType(StrEnum):
    """Sort of a distributed port group."""

    EPHEMERAL = "ephemeral"
    DISTRIBUTED = "distributed"


class VlanType(StrEnum):
    """How VLANs are used."""

    NONE = "none"
    VLAN = "vlan"
    PVLAN = "pvlan"
    TRUNK = "trunk"


class LibvirtNicModel(StrEnum):
    """Model of a network card on libvirt."""

    VIRTIO = "virtio"
    E1000 = "e1000"
    E1000E = "e1000e"
    RTL8139 = "rtl8139"
    PCNET = "pcnet"
    NE2K_PCI = "ne2k_pci"


class LibvirtDriverName(StrEnum):
    """What moves the packets of a network card."""

    KVM = "kvm"
    VFIO = "vfio"
    UIO = "uio"


class TransmitMode(StrEnum):
    """When packets are sent."""

    IOTHREAD = "iothread"
    TIMER = "timer"


class ProxmoxNicModel(StrEnum):
    """Model of a network card on Proxmox VE."""

    VIRTIO = "virtio"
    E1000 = "e1000"
    RTL8139 = "rtl8139"
    VMXNET3 = "vmxnet3"


class DistributedSwitch(KubeModel):
    """A distributed switch of vSphere."""

    name: NativeName
    """Name of the switch."""
    uuid: str | None = None
    """UUID of the switch, where names are not unique."""
    portgroup_type: PortgroupType | None = None
    """Sort of the port group."""


class VSphereVlan(KubeModel):
    """VLANs of a port group."""

    type: VlanType = VlanType.NONE
    """How VLANs are used."""
    vlan_id: VlanId | None = None
    """The VLAN, for type vlan."""
    primary_vlan_id: VlanId | None = None
    """The primary VLAN, for type pvlan."""
    secondary_vlan_id: VlanId | None = None
    """The secondary VLAN, for type pvlan."""
    trunk_vlan_ids: Annotated[tuple[Int32, ...], MaxLen(100)] = ()
    """The VLANs, for type trunk."""


class VSphereNetworkSecurity(KubeModel):
    """What a port group lets through."""

    allow_promiscuous: Boolean = False
    """Whether a machine sees frames that are not for it."""
    allow_mac_changes: Boolean = True
    """Whether a guest may change its hardware address."""
    allow_forged_transmits: Boolean = True
    """Whether a guest may send from other hardware addresses than its own."""


class TrafficShaping(KubeModel):
    """How much a port may send and receive."""

    enabled: Boolean = False
    """Whether the limits hold."""
    average_bandwidth: Int64 | None = Field(default=None, ge=1000)
    """Average bandwidth, in bits a second."""
    peak_bandwidth: Int64 | None = Field(default=None, ge=1000)
    """Bandwidth during a burst, in bits a second."""
    burst_size: Int64 | None = Field(default=None, ge=1024)
    """Size of a burst, in bytes."""


class VSphereNetwork(KubeModel):
    """A network of vSphere."""

    portgroup: NativeName | None = None
    """Name of the port group."""
    distributed_switch: DistributedSwitch | None = None
    """The distributed switch that has the port group."""
    adapter_type: VSphereAdapterType = VSphereAdapterType.VMXNET3
    """Model of the network card."""
    pci_slot_number: Int32 | None = Field(default=None, ge=32, le=1024)
    """PCI slot of the network card, which guests name it by."""
    vlan: VSphereVlan | None = None
    """VLANs of the port group."""
    security: VSphereNetworkSecurity | None = None
    """What the port group lets through."""
    traffic_shaping: TrafficShaping | None = None
    """How much a port may send and receive."""


class LibvirtBridge(KubeModel):
    """A bridge of a libvirt host."""

    name: Annotated[str, MaxLen(15)]
    """Name of the bridge interface."""
    stp: Boolean = False
    """Whether the bridge speaks the spanning tree protocol."""
    delay: Int32 | None = Field(default=None, ge=0, le=30)
    """Forward delay of the bridge, in seconds."""


class LibvirtDriver(KubeModel):
    """What moves the packets of a network card."""

    name: LibvirtDriverName | None = None
    """The driver."""
    queues: Int32 | None = Field(default=None, ge=1, le=16)
    """Number of queues."""
    tx_mode: TransmitMode | None = None
    """When packets are sent."""
    io_event_fd: Boolean | None = None
    """Whether input and output happen outside of the thread of the virtual CPU."""
    event_idx: Boolean | None = None
    """Whether interrupts are saved by event indexes."""


class LibvirtFilterRef(KubeModel):
    """A network filter of libvirt."""

    filter: NativeName
    """Name of the filter."""
    parameters: Annotated[Mapping[str, str], MaxLen(20)] = Field(default_factory=dict)
    """Parameters of the filter."""


class LibvirtNetwork(KubeModel):
    """A network of libvirt: one of its own networks, or a bridge of the host."""

    network_name: NativeName | None = None
    """Name of the libvirt network."""
    bridge: LibvirtBridge | None = None
    """A bridge of the host."""
    model: LibvirtNicModel = LibvirtNicModel.VIRTIO
    """Model of the network card."""
    driver: LibvirtDriver | None = None
    """What moves the packets."""
    filter_ref: LibvirtFilterRef | None = None
    """A network filter of libvirt."""


class ProxmoxNetwork(KubeModel):
    """A network of Proxmox VE."""

    bridge: Annotated[str, StringConstraints(max_length=15, pattern=r"^vmbr[0-9]+$")] | None = None
    """Name of the bridge, for example vmbr0."""
    model: ProxmoxNicModel = ProxmoxNicModel.VIRTIO
    """Model of the network card."""
    vlan_tag: VlanId | None = None
    """VLAN that the frames are tagged with."""
    firewall: Boolean = False
    """Whether the firewall of Proxmox VE guards the network card."""
    rate_limit: Int32 | None = Field(default=None, ge=1)
    """Most bandwidth, in megabytes a second."""
    mtu: Int32 | None = Field(default=None, ge=68, le=65520)
    """Largest packet, in bytes."""


class NetworkConfig(KubeModel):
    """The network, on each sort of hypervisor."""

    type: NetworkType = NetworkType.BRIDGED
    """How the network reaches the outside."""
    mtu: Int32 = Field(default=1500, ge=68, le=9000)
    """Largest packet, in bytes."""
    vsphere: VSphereNetwork | None = None
    """The network on vSphere."""
    libvirt: LibvirtNetwork | None = None
    """The network on libvirt."""
    proxmox: ProxmoxNetwork | None = None
    """The network on Proxmox VE."""

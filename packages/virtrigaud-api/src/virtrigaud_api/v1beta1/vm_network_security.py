"""What guards a network: firewall, isolation, encryption, and how its traffic is weighted."""

from enum import StrEnum
from typing import Annotated

from annotated_types import MaxLen
from pydantic import Field

from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.references import LocalReference
from virtrigaud_api.v1beta1.scalars import Boolean, Int32, Int64, NativeName, Port


class FirewallAction(StrEnum):
    """What happens to a packet."""

    ACCEPT = "ACCEPT"
    DROP = "DROP"
    REJECT = "REJECT"


class FirewallDirection(StrEnum):
    """Which way a packet goes, seen from the machine."""

    IN = "in"
    OUT = "out"
    BOTH = "inout"


class FirewallProtocol(StrEnum):
    """Protocol of a packet."""

    TCP = "tcp"
    UDP = "udp"
    ICMP = "icmp"
    ALL = "all"


class IsolationMode(StrEnum):
    """Whom machines on the network may talk to."""

    NONE = "none"
    STRICT = "strict"
    CUSTOM = "custom"


class EncryptionProtocol(StrEnum):
    """How traffic is encrypted."""

    IPSEC = "ipsec"
    WIREGUARD = "wireguard"
    OPENVPN = "openvpn"


class PortRange(KubeModel):
    """A range of ports."""

    start: Port
    """First port."""
    end: Port | None = None
    """Last port; the first one when left out."""


class FirewallRule(KubeModel):
    """What happens to some packets."""

    name: NativeName
    """Name of the rule."""
    direction: FirewallDirection
    """Which way the packets go, seen from the machine."""
    action: FirewallAction
    """What happens to them."""
    protocol: FirewallProtocol | None = None
    """Protocol of the packets; any when left out."""
    ports: PortRange | None = None
    """Destination ports of the packets; any when left out."""
    source_cidr: str | None = None
    """Network that the packets come from, for example 10.0.0.0/8."""
    destination_cidr: str | None = None
    """Network that the packets go to."""
    priority: Int32 | None = Field(default=None, ge=1, le=1000)
    """Order of the rules; lower comes first."""


class Firewall(KubeModel):
    """Which packets reach and leave the machines."""

    enabled: Boolean = False
    """Whether the rules hold."""
    default_policy: FirewallAction = FirewallAction.ACCEPT
    """What happens to packets that no rule speaks of."""
    rules: Annotated[tuple[FirewallRule, ...], MaxLen(100)] = ()
    """The rules."""


class NetworkIsolation(KubeModel):
    """Whom the machines may talk to."""

    mode: IsolationMode | None = None
    """Everyone (none), nobody else on the network (strict), or as listed (custom)."""
    allowed_networks: Annotated[tuple[str, ...], MaxLen(50)] = ()
    """Networks that may be talked to, for mode custom."""
    denied_networks: Annotated[tuple[str, ...], MaxLen(50)] = ()
    """Networks that may not be talked to, for mode custom."""


class NetworkEncryption(KubeModel):
    """How traffic is encrypted."""

    enabled: Boolean = False
    """Whether traffic is encrypted."""
    protocol: EncryptionProtocol | None = None
    """How it is encrypted."""
    key_ref: LocalReference | None = None
    """The Secret that holds the key."""


class NetworkSecurity(KubeModel):
    """What guards the network."""

    firewall: Firewall | None = None
    """Which packets reach and leave the machines."""
    isolation: NetworkIsolation | None = None
    """Whom the machines may talk to."""
    encryption: NetworkEncryption | None = None
    """How traffic is encrypted."""


class NetworkQos(KubeModel):
    """How much traffic a machine may make, and how it is weighted."""

    ingress_limit: Int64 | None = Field(default=None, ge=1000)
    """Most traffic to a machine, in bits a second."""
    egress_limit: Int64 | None = Field(default=None, ge=1000)
    """Most traffic from a machine, in bits a second."""
    priority: Int32 | None = Field(default=None, ge=0, le=7)
    """Priority of the frames (IEEE 802.1p); higher is sooner."""
    dscp: Int32 | None = Field(default=None, ge=0, le=63)
    """Differentiated services code point of the packets."""

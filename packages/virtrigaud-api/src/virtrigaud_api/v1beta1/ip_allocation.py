"""How machines on a network get their addresses."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from annotated_types import MaxLen
from pydantic import Field

from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.references import LocalReference
from virtrigaud_api.v1beta1.scalars import Int32, IPv4Address, IPv4Network, NativeName


class IPAllocationType(StrEnum):
    """Who gives the addresses."""

    DHCP = "DHCP"
    STATIC = "Static"
    POOL = "Pool"
    NONE = "None"


class Route(KubeModel):
    """A static route."""

    destination: IPv4Network
    """Network that the route leads to, for example 10.0.0.0/8."""
    gateway: IPv4Address
    """Next hop."""
    metric: Int32 | None = Field(default=None, ge=0, le=65535)
    """Cost of the route; lower wins."""


class StaticIPConfig(KubeModel):
    """A static address."""

    address: IPv4Network
    """Address with prefix length, for example 192.0.2.10/24."""
    gateway: IPv4Address | None = None
    """Default gateway."""
    routes: Annotated[tuple[Route, ...], MaxLen(20)] = ()
    """Static routes."""


class IPPoolConfig(KubeModel):
    """An address out of a pool."""

    pool_ref: LocalReference
    """The pool."""
    preferred_ip: IPv4Address | None = None
    """Address to take if it is free."""


class DhcpConfig(KubeModel):
    """What the guest tells the DHCP server."""

    hostname: NativeName | None = None
    """Host name."""
    client_id: NativeName | None = None
    """Client identifier."""
    options: Annotated[Mapping[str, str], MaxLen(20)] = Field(default_factory=dict)
    """Further options, by name."""


class DnsConfig(KubeModel):
    """How the guest resolves names."""

    servers: Annotated[tuple[str, ...], MaxLen(10)] = ()
    """IP addresses of the name servers."""
    search_domains: Annotated[tuple[str, ...], MaxLen(10)] = ()
    """Domains in which short names are looked for."""
    options: Annotated[Mapping[str, str], MaxLen(10)] = Field(default_factory=dict)
    """Further options of the resolver."""


class IPAllocation(KubeModel):
    """How machines get their addresses."""

    type: IPAllocationType = IPAllocationType.DHCP
    """Who gives the addresses: DHCP, Static, a Pool, or nobody (None)."""
    static_config: StaticIPConfig | None = None
    """The address, for type Static."""
    pool_config: IPPoolConfig | None = None
    """The pool, for type Pool."""
    dhcp_config: DhcpConfig | None = None
    """What the guest tells the DHCP server, for type DHCP."""
    dns_config: DnsConfig | None = None
    """How the guest resolves names."""

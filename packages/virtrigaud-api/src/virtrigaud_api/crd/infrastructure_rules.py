"""Rules for what machines run on and connect to: Provider, VMImage, VMNetworkAttachment and VMPlacementPolicy."""

from collections.abc import Mapping
from typing import Final

from virtrigaud_api.crd.rule import Rule, at_least_one, immutable, only_with
from virtrigaud_api.v1beta1 import ProviderSpec
from virtrigaud_api.v1beta1.ip_allocation import IPAllocation
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.provider import ConnectionPooling
from virtrigaud_api.v1beta1.vm_image_source import (
    ImageSource,
    LibvirtImageSource,
    ProxmoxImageSource,
    VSphereImageSource,
)
from virtrigaud_api.v1beta1.vm_network_backend import TrafficShaping, VSphereVlan
from virtrigaud_api.v1beta1.vm_network_security import PortRange
from virtrigaud_api.v1beta1.vm_placement_affinity import MatchExpression
from virtrigaud_api.v1beta1.vm_placement_policy import PlacementConstraints, PlacementToleration, VMPlacementPolicySpec

_TYPE_STAYS: Final = immutable(
    "type", "type cannot be changed, because the machines of the hypervisor would be lost; make another Provider"
)
_IDLE_WITHIN_MAXIMUM: Final = Rule(
    condition="self.maxIdleConnections <= self.maxConnections",
    message="maxIdleConnections cannot be more than maxConnections; lower the one or raise the other",
    field_path=".maxIdleConnections",
)

_SOURCES: Final = tuple(str(field.alias) for field in ImageSource.model_fields.values())
_SOME_SOURCE: Final = at_least_one(_SOURCES, f"name at least one source: {', '.join(_SOURCES)}")
_SOME_VSPHERE_SOURCE: Final = at_least_one(
    ("templateName", "contentLibrary", "ovaURL"), "name at least one of templateName, contentLibrary and ovaURL"
)
_SOME_LIBVIRT_SOURCE: Final = at_least_one(("path", "url"), "name at least one of path and url")
_SOME_PROXMOX_SOURCE: Final = at_least_one(
    ("templateID", "templateName"), "name at least one of templateID and templateName"
)

_VLAN_HAS_ITS_NUMBERS: Final = Rule(
    condition=(
        "self.type == 'vlan' ? has(self.vlanID)"
        " : self.type == 'pvlan' ? has(self.primaryVlanID) && has(self.secondaryVlanID)"
        " : self.type == 'trunk' ? has(self.trunkVlanIDs) && size(self.trunkVlanIDs) > 0 : true"
    ),
    message="type vlan needs vlanID, type pvlan needs primaryVlanID and secondaryVlanID, type trunk needs trunkVlanIDs",
)
_PEAK_ABOVE_AVERAGE: Final = Rule(
    condition="!has(self.peakBandwidth) || !has(self.averageBandwidth) || self.peakBandwidth >= self.averageBandwidth",
    message="peakBandwidth cannot be less than averageBandwidth; raise the one or lower the other",
    field_path=".peakBandwidth",
)
_PORTS_IN_ORDER: Final = Rule(
    condition="!has(self.end) || self.end >= self.start",
    message="end cannot be less than start; write the smaller port first",
    field_path=".end",
)
_STATIC_WITH_ITS_TYPE: Final = Rule(
    condition="(self.type == 'Static') == has(self.staticConfig)",
    message="type Static and staticConfig go together; write both or none",
    field_path=".staticConfig",
)
_POOL_WITH_ITS_TYPE: Final = Rule(
    condition="(self.type == 'Pool') == has(self.poolConfig)",
    message="type Pool and poolConfig go together; write both or none",
    field_path=".poolConfig",
)
_DHCP_WITH_ITS_TYPE: Final = only_with("dhcpConfig", "self.type == 'DHCP'", "dhcpConfig needs type: DHCP")


def _not_excluded(wanted: str, excluded: str) -> Rule:
    return Rule(
        condition=(
            f"!has(self.{wanted}) || !has(self.{excluded}) || !self.{wanted}.exists(place, place in self.{excluded})"
        ),
        message=f"a place cannot be in both {wanted} and {excluded}; take it out of one of them",
        field_path=f".{excluded}",
    )


def _not_near_and_far(near: str, far: str, most: str) -> Rule:
    gather, spread = f"self.affinity.{near}", f"self.antiAffinity.{far}"
    return Rule(
        condition=(
            f"!has(self.affinity) || !has({gather}) || !{gather}.enabled"
            f" || !has({gather}.scope) || {gather}.scope != 'strict'"
            f" || !has(self.antiAffinity) || !has({spread}) || !{spread}.enabled || has({spread}.{most})"
            f" || !has({spread}.scope) || {spread}.scope != 'strict'"
        ),
        message=f"strict {near} and strict {far} contradict each other; make one preferred, or set {most}",
        field_path=".antiAffinity",
    )


_OPERATOR_AND_VALUES: Final = Rule(
    condition="(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)",
    message="operators In and NotIn need values, Exists and DoesNotExist take none",
    field_path=".values",
)
_EXISTS_HAS_NO_VALUE: Final = only_with("value", "self.operator == 'Equal'", "operator Exists takes no value")
_EQUAL_HAS_A_KEY: Final = Rule(
    condition="self.operator == 'Exists' || has(self.key)",
    message="operator Equal needs key; operator Exists without key tolerates every taint",
    field_path=".key",
)
_SECONDS_FOR_NO_EXECUTE: Final = only_with(
    "tolerationSeconds",
    "(has(self.effect) && self.effect == 'NoExecute')",
    "tolerationSeconds needs effect: NoExecute",
)

RULES: Final[Mapping[type[KubeModel], tuple[Rule, ...]]] = {
    ProviderSpec: (_TYPE_STAYS,),
    ConnectionPooling: (_IDLE_WITHIN_MAXIMUM,),
    ImageSource: (_SOME_SOURCE,),
    VSphereImageSource: (_SOME_VSPHERE_SOURCE,),
    LibvirtImageSource: (_SOME_LIBVIRT_SOURCE,),
    ProxmoxImageSource: (_SOME_PROXMOX_SOURCE,),
    VSphereVlan: (_VLAN_HAS_ITS_NUMBERS,),
    TrafficShaping: (_PEAK_ABOVE_AVERAGE,),
    PortRange: (_PORTS_IN_ORDER,),
    IPAllocation: (_STATIC_WITH_ITS_TYPE, _POOL_WITH_ITS_TYPE, _DHCP_WITH_ITS_TYPE),
    PlacementConstraints: (
        _not_excluded("clusters", "excludedClusters"),
        _not_excluded("hosts", "excludedHosts"),
        _not_excluded("datastores", "excludedDatastores"),
    ),
    VMPlacementPolicySpec: (
        _not_near_and_far("hostAffinity", "hostAntiAffinity", "maxVMsPerHost"),
        _not_near_and_far("clusterAffinity", "clusterAntiAffinity", "maxVMsPerCluster"),
        _not_near_and_far("datastoreAffinity", "datastoreAntiAffinity", "maxVMsPerDatastore"),
        _not_near_and_far("zoneAffinity", "zoneAntiAffinity", "maxVMsPerZone"),
    ),
    MatchExpression: (_OPERATOR_AND_VALUES,),
    PlacementToleration: (_EXISTS_HAS_NO_VALUE, _EQUAL_HAS_A_KEY, _SECONDS_FOR_NO_EXECUTE),
}

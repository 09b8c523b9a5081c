"""What the rules of providers, images, networks and placement policies refuse and accept."""

from rule_case import PROVIDER, Case, apart_and_together, hosts, label, network, tolerated, vsphere_network

INFRASTRUCTURE = {
    "another endpoint": Case("Provider", {**PROVIDER, "endpoint": "qemu+ssh://kvm1/system"}, before={"spec": PROVIDER}),
    "another type": Case(
        "Provider", {**PROVIDER, "type": "proxmox"}, (("spec.type", "type cannot be changed"),), {"spec": PROVIDER}
    ),
    "more idle connections than connections": Case(
        "Provider",
        {**PROVIDER, "connectionPooling": {"maxConnections": 2}},
        (("spec.connectionPooling.maxIdleConnections", "maxIdleConnections cannot be more than maxConnections"),),
    ),
    "a source for one hypervisor": Case("VMImage", {"source": {"http": {"url": "https://images.example.com/x.qcow2"}}}),
    "sources for three hypervisors": Case(
        "VMImage",
        {
            "source": {
                "libvirt": {"path": "debian"},
                "vsphere": {"templateName": "debian"},
                "proxmox": {"templateID": 100},
            }
        },
    ),
    "no source": Case("VMImage", {"source": {}}, (("spec.source", "name at least one source: vsphere, libvirt"),)),
    "sources that name nothing": Case(
        "VMImage",
        {"source": {"vsphere": {}, "libvirt": {}, "proxmox": {}}},
        (
            ("spec.source.vsphere", "name at least one of templateName, contentLibrary and ovaURL"),
            ("spec.source.libvirt", "name at least one of path and url"),
            ("spec.source.proxmox", "name at least one of templateID and templateName"),
        ),
    ),
    "a VLAN with its number": Case("VMNetworkAttachment", vsphere_network(vlan={"type": "vlan", "vlanID": 42})),
    "no VLAN": Case("VMNetworkAttachment", vsphere_network(vlan={})),
    "a private VLAN without its second number": Case(
        "VMNetworkAttachment",
        vsphere_network(vlan={"type": "pvlan", "primaryVlanID": 42}),
        (("spec.network.vsphere.vlan", "type pvlan needs primaryVlanID and secondaryVlanID"),),
    ),
    "a trunk without its numbers": Case(
        "VMNetworkAttachment",
        vsphere_network(vlan={"type": "trunk", "trunkVlanIDs": []}),
        (("spec.network.vsphere.vlan", "type trunk needs trunkVlanIDs"),),
    ),
    "a peak below the average": Case(
        "VMNetworkAttachment",
        vsphere_network(trafficShaping={"averageBandwidth": 2000, "peakBandwidth": 1000}),
        (("spec.network.vsphere.trafficShaping.peakBandwidth", "peakBandwidth cannot be less"),),
    ),
    "ports in the wrong order": Case(
        "VMNetworkAttachment",
        network(
            security={
                "firewall": {
                    "rules": [
                        {"name": "r", "direction": "in", "action": "DROP", "ports": {"start": 443, "end": 80}},
                    ]
                }
            }
        ),
        (("spec.security.firewall.rules[0].ports.end", "end cannot be less than start"),),
    ),
    "a static address": Case(
        "VMNetworkAttachment",
        network(ipAllocation={"type": "Static", "staticConfig": {"address": "192.0.2.10/24"}}),
    ),
    "a static address by DHCP": Case(
        "VMNetworkAttachment",
        network(ipAllocation={"staticConfig": {"address": "192.0.2.10/24"}}),
        (("spec.ipAllocation.staticConfig", "type Static and staticConfig go together"),),
    ),
    "a pool without a pool": Case(
        "VMNetworkAttachment",
        network(ipAllocation={"type": "Pool"}),
        (("spec.ipAllocation.poolConfig", "type Pool and poolConfig go together"),),
    ),
    "settings of DHCP without it": Case(
        "VMNetworkAttachment",
        network(ipAllocation={"type": "None", "dhcpConfig": {"hostname": "web"}}),
        (("spec.ipAllocation.dhcpConfig", "dhcpConfig needs type: DHCP"),),
    ),
}

PLACES = {
    "places and other places": Case("VMPlacementPolicy", {"hard": {"hosts": ["a"], "excludedHosts": ["b"]}}),
    "a host that is wanted and excluded": Case(
        "VMPlacementPolicy",
        {"hard": {"hosts": ["a", "b"], "excludedHosts": ["b"]}},
        (("spec.hard.excludedHosts", "both hosts and excludedHosts"),),
    ),
    "a cluster and a datastore that are wanted and excluded": Case(
        "VMPlacementPolicy",
        {
            "soft": {
                "clusters": ["a"],
                "excludedClusters": ["a"],
                "datastores": ["d"],
                "excludedDatastores": ["d"],
            }
        },
        (
            ("spec.soft.excludedClusters", "both clusters and excludedClusters"),
            ("spec.soft.excludedDatastores", "both datastores and excludedDatastores"),
        ),
    ),
    "together and rather apart": Case("VMPlacementPolicy", hosts("preferred")),
    "together and at most so many": Case("VMPlacementPolicy", hosts("strict", maxVMsPerHost=4)),
    **{
        f"together on and apart over {what}s": Case(
            "VMPlacementPolicy",
            apart_and_together(what),
            (("spec.antiAffinity", f"strict {what}Affinity and strict {what}AntiAffinity contradict each other"),),
        )
        for what in ("host", "cluster", "datastore", "zone")
    },
    "a label with values": Case("VMPlacementPolicy", label("In", "web")),
    "a label that exists": Case("VMPlacementPolicy", label("Exists")),
    "a label without values": Case(
        "VMPlacementPolicy",
        label("NotIn"),
        (
            (
                "spec.affinity.vmAffinity.requiredDuringScheduling[0].matchExpressions[0].values",
                "operators In and NotIn need values",
            ),
        ),
    ),
    "a taint that is tolerated for a while": Case(
        "VMPlacementPolicy", tolerated(key="broken", operator="Exists", effect="NoExecute", tolerationSeconds=60)
    ),
    "a taint of no name": Case(
        "VMPlacementPolicy", tolerated(value="x"), (("spec.hard.tolerations[0].key", "operator Equal needs key"),)
    ),
    "a taint that exists with a value": Case(
        "VMPlacementPolicy",
        tolerated(key="k", operator="Exists", value="x", tolerationSeconds=1),
        (
            ("spec.hard.tolerations[0].value", "operator Exists takes no value"),
            ("spec.hard.tolerations[0].tolerationSeconds", "tolerationSeconds needs effect: NoExecute"),
        ),
    ),
}

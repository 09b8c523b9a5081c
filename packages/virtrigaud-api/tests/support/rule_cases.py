"""What each rule across fields refuses, and what it accepts: specs that are valid but for one thing.

A refused case names the field and a part of the message, for each cause in the order of the server's answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Spec = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """An object that is created, or one that is changed, and what the server says about it."""

    kind: str
    spec: Spec
    refused: tuple[tuple[str, str], ...] = ()
    before: Mapping[str, Any] | None = None


LAB, OTHER = {"name": "lab"}, {"name": "other"}
MACHINE = {"providerRef": LAB, "classRef": {"name": "small"}, "imageRef": {"name": "debian-12"}}
ON_A_DISK = {"providerRef": LAB, "classRef": {"name": "small"}, "importedDisk": {"diskID": "d"}}
PROVIDER = {
    "type": "libvirt",
    "endpoint": "qemu:///system",
    "credentialSecretRef": {"name": "lab"},
    "runtime": {"image": "example.com/provider:1"},
}
CLASS = {"cpu": 1, "memory": "1Gi"}
LABELS = {"app": "web"}
SET = {
    "replicas": 2,
    "selector": {"matchLabels": LABELS},
    "template": {"metadata": {"labels": LABELS}, "spec": MACHINE},
}
CLONE = {"source": {"vmRef": {"name": "web"}}, "target": {"name": "web-2"}}
MIGRATION = {"source": {"vmRef": {"name": "web"}}, "target": {"name": "web-2", "providerRef": OTHER}}
SNAPSHOT = {"vmRef": {"name": "web"}}
NIGHTLY = {"enabled": True, "cronSpec": "0 2 * * *"}
SECRET = {"secretRef": {"name": "s"}}
MADE = {"id": "vm-1"}


def machine(**changes: Any) -> Spec:
    return {**MACHINE, **changes}


def vm_class(**changes: Any) -> Spec:
    return {**CLASS, **changes}


def network(**changes: Any) -> Spec:
    return {"network": {"libvirt": {"networkName": "lan"}}, **changes}


def vsphere_network(**changes: Any) -> Spec:
    return {"network": {"vsphere": {"portgroup": "lan", **changes}}}


def vm_set(*, template: Spec = MACHINE, **changes: Any) -> Spec:
    return {**SET, "template": {"metadata": {"labels": LABELS}, "spec": template}, **changes}


def hosts(strictness: str, **more: Any) -> Spec:
    return {
        "affinity": {"hostAffinity": {"enabled": True, "scope": "strict"}},
        "antiAffinity": {"hostAntiAffinity": {"enabled": True, "scope": strictness, **more}},
    }


def apart_and_together(what: str) -> Spec:
    strict = {"enabled": True, "scope": "strict"}
    return {"affinity": {f"{what}Affinity": strict}, "antiAffinity": {f"{what}AntiAffinity": strict}}


def label(operator: str, *values: str) -> Spec:
    expression = {"key": "app", "operator": operator} | ({"values": list(values)} if values else {})
    term = {"topologyKey": "host", "matchExpressions": [expression]}
    return {"affinity": {"vmAffinity": {"requiredDuringScheduling": [term]}}}


def tolerated(**toleration: Any) -> Spec:
    return {"hard": {"tolerations": [toleration]}}


def customized(**customization: Any) -> Spec:
    return {**CLONE, "customization": customization}


def stored(**storage: Any) -> Spec:
    return {**MIGRATION, "storage": storage}


NFS = {"server": "nfs.example.com", "export": "/staging"}
S3 = {"bucket": "staging", "credentialsSecretRef": {"name": "s3"}}
WINDOW = {"schedule": "0 2 * * SUN", "duration": "2h"}

MACHINES = {
    "a root disk from an image": Case("VirtualMachine", MACHINE),
    "a root disk that exists": Case("VirtualMachine", ON_A_DISK),
    "no root disk": Case(
        "VirtualMachine", {"providerRef": LAB, "classRef": LAB}, (("spec", "exactly one of imageRef"),)
    ),
    "two root disks": Case("VirtualMachine", {**MACHINE, **ON_A_DISK}, (("spec", "exactly one of imageRef"),)),
    "a change beside the provider": Case("VirtualMachine", machine(powerState="Off"), before={"spec": MACHINE}),
    "another provider": Case(
        "VirtualMachine",
        machine(providerRef=OTHER),
        (("spec.providerRef", "providerRef cannot be changed"),),
        {"spec": MACHINE},
    ),
    "a provider of the same name elsewhere": Case(
        "VirtualMachine",
        machine(providerRef={"name": "lab", "namespace": "shop"}),
        (("spec.providerRef", "providerRef cannot be changed"),),
        {"spec": MACHINE},
    ),
    "another image before the machine exists": Case(
        "VirtualMachine", machine(imageRef={"name": "debian-13"}), before={"spec": MACHINE}
    ),
    "another image after the machine exists": Case(
        "VirtualMachine",
        machine(imageRef={"name": "debian-13"}),
        (("spec.imageRef", "imageRef cannot be changed once the machine exists"),),
        {"spec": MACHINE, "status": MADE},
    ),
    "a disk instead of the image after the machine exists": Case(
        "VirtualMachine",
        ON_A_DISK,
        (("spec.imageRef", "imageRef cannot be changed once the machine exists"),),
        {"spec": MACHINE, "status": MADE},
    ),
    "a disk that grows": Case(
        "VirtualMachine",
        machine(disks=[{"name": "data", "sizeGiB": 20}]),
        before={"spec": machine(disks=[{"name": "data", "sizeGiB": 10}])},
    ),
    "a disk that shrinks": Case(
        "VirtualMachine",
        machine(disks=[{"name": "logs", "sizeGiB": 1}, {"name": "data", "sizeGiB": 9}]),
        (("spec.disks[1].sizeGiB", "sizeGiB cannot become less"),),
        {"spec": machine(disks=[{"name": "data", "sizeGiB": 10}])},
    ),
    "a smaller disk instead of another one": Case(
        "VirtualMachine",
        machine(disks=[{"name": "logs", "sizeGiB": 1}]),
        before={"spec": machine(disks=[{"name": "data", "sizeGiB": 10}])},
    ),
    "two disks of one name": Case(
        "VirtualMachine",
        machine(disks=[{"name": "data", "sizeGiB": 1}, {"name": "data", "sizeGiB": 2}]),
        (("spec.disks[1]", "Duplicate value"),),
    ),
    "an address by DHCP": Case("VirtualMachine", machine(networks=[{"name": "lan"}])),
    "a static address with its prefix": Case(
        "VirtualMachine", machine(networks=[{"name": "lan", "ipAddress": "192.0.2.1", "prefix": 24}])
    ),
    "a static address without its prefix": Case(
        "VirtualMachine",
        machine(networks=[{"name": "lan", "ipAddress": "192.0.2.1"}]),
        (("spec.networks[0].prefix", "a static ipAddress needs prefix"),),
    ),
    "one hook": Case("VirtualMachine", machine(lifecycle={"preStop": {"exec": {"command": ["true"]}}})),
    "no hook": Case(
        "VirtualMachine",
        machine(lifecycle={"preStop": {}}),
        (("spec.lifecycle.preStop", "exactly one of exec, httpGet and snapshot"),),
    ),
    "two hooks": Case(
        "VirtualMachine",
        machine(lifecycle={"postStart": {"exec": {"command": ["true"]}, "snapshot": {"name": "s"}}}),
        (("spec.lifecycle.postStart", "exactly one of exec, httpGet and snapshot"),),
    ),
    "a document in a Secret": Case("VirtualMachine", machine(userData={"cloudInit": SECRET})),
    "a document in two places": Case(
        "VirtualMachine",
        machine(
            userData={"ignition": {**SECRET, "inline": "{}"}},
            metaData={"cloudInit": {}},
            networkData={"cloudInit": {**SECRET, "inline": "{}"}},
        ),
        (
            ("spec.userData.ignition", "write the document in exactly one place"),
            ("spec.metaData.cloudInit", "write the document in exactly one place"),
            ("spec.networkData.cloudInit", "write the document in exactly one place"),
        ),
    ),
    "two kinds of user data": Case(
        "VirtualMachine",
        machine(userData={"cloudInit": SECRET, "ignition": SECRET}),
        (("spec.userData", "a guest reads either cloudInit or ignition"),),
    ),
    "a restart within a window": Case(
        "VirtualMachine", machine(restartPolicy={"type": "WithinWindow", "windows": [WINDOW]})
    ),
    "a restart within no window": Case(
        "VirtualMachine",
        machine(restartPolicy={"type": "WithinWindow"}),
        (("spec.restartPolicy.windows", "windows go with type WithinWindow"),),
    ),
    "a window for no restart": Case(
        "VirtualMachine",
        machine(restartPolicy={"windows": [WINDOW]}),
        (("spec.restartPolicy.windows", "windows go with type WithinWindow"),),
    ),
}
CLASSES = {
    "secure boot with UEFI": Case("VMClass", vm_class(firmware="EFI", securityProfile={"secureBoot": True})),
    "secure boot with BIOS": Case(
        "VMClass",
        vm_class(securityProfile={"secureBoot": True}),
        (("spec.firmware", "secureBoot needs firmware UEFI"),),
    ),
    "a version of a TPM": Case("VMClass", vm_class(securityProfile={"tpmEnabled": True, "tpmVersion": "2.0"})),
    "a version of no TPM": Case(
        "VMClass",
        vm_class(securityProfile={"tpmVersion": "2.0"}),
        (("spec.securityProfile.tpmVersion", "tpmVersion needs tpmEnabled: true"),),
    ),
    "required encryption": Case(
        "VMClass", vm_class(securityProfile={"encryptionPolicy": {"enabled": True, "requireEncryption": True}})
    ),
    "required encryption that is off": Case(
        "VMClass",
        vm_class(securityProfile={"encryptionPolicy": {"requireEncryption": True}}),
        (("spec.securityProfile.encryptionPolicy.requireEncryption", "requireEncryption needs enabled: true"),),
    ),
    "a promise within the limit": Case("VMClass", vm_class(resourceLimits={"cpuReservation": 500, "cpuLimit": 500})),
    "a promise beyond the limit": Case(
        "VMClass",
        vm_class(resourceLimits={"cpuReservation": 501, "cpuLimit": 500}),
        (("spec.resourceLimits.cpuReservation", "cpuReservation cannot be more than cpuLimit"),),
    ),
}
SETS = {
    "a set": Case("VMSet", SET),
    "a set that is scaled": Case("VMSet", {**SET, "replicas": 3}, before={"spec": SET}),
    "a set of more than there can be": Case("VMSet", {**SET, "replicas": 1001}, (("spec.replicas", "1000"),)),
    "a selector that changes": Case(
        "VMSet",
        vm_set(selector={"matchLabels": LABELS, "matchExpressions": [{"key": "app", "operator": "Exists"}]}),
        (("spec.selector", "selector cannot be changed"),),
        {"spec": SET},
    ),
    "a selector that selects everything": Case(
        "VMSet", vm_set(selector={"matchLabels": {}}), (("spec.selector", "an empty selector"),)
    ),
    "a selector that does not find its template": Case(
        "VMSet",
        vm_set(selector={"matchLabels": {"app": "mail"}}),
        (("spec.template", "must have every label of selector.matchLabels"),),
    ),
    "a disk for one machine": Case("VMSet", vm_set(template=ON_A_DISK, replicas=1)),
    "a disk for two machines": Case(
        "VMSet", vm_set(template=ON_A_DISK), (("spec.template", "machines cannot share a root disk"),)
    ),
    "an address for two machines": Case(
        "VMSet",
        vm_set(template=machine(networks=[{"name": "lan", "ipAddress": "192.0.2.1", "prefix": 24}])),
        (("spec.template", "machines cannot share an address"),),
    ),
    "a rolling update": Case(
        "VMSet", vm_set(updateStrategy={"rollingUpdate": {"maxSurge": 0, "maxUnavailable": "10%"}})
    ),
    "a rolling update of another type": Case(
        "VMSet",
        vm_set(updateStrategy={"type": "OnDelete", "rollingUpdate": {"partition": 1}}),
        (("spec.updateStrategy.rollingUpdate", "rollingUpdate needs type: RollingUpdate"),),
    ),
    "a rolling update that can't move": Case(
        "VMSet",
        vm_set(updateStrategy={"rollingUpdate": {"maxSurge": "0%", "maxUnavailable": 0}}),
        (("spec.updateStrategy.rollingUpdate.maxUnavailable", "no machine can ever be replaced"),),
    ),
}
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
SNAPSHOTS = {
    "a snapshot": Case("VMSnapshot", SNAPSHOT),
    "a snapshot of another machine": Case(
        "VMSnapshot", {"vmRef": OTHER}, (("spec.vmRef", "vmRef cannot be changed"),), {"spec": SNAPSHOT}
    ),
    "a snapshot each night": Case(
        "VMSnapshot", {**SNAPSHOT, "schedule": NIGHTLY, "retentionPolicy": {"maxAge": "168h"}}
    ),
    "snapshots for ever": Case(
        "VMSnapshot",
        {**SNAPSHOT, "schedule": NIGHTLY, "retentionPolicy": {"gracePeriod": "1h"}},
        (("spec.schedule", "a schedule needs retentionPolicy.maxCount or retentionPolicy.maxAge"),),
    ),
    "snapshots at no time": Case(
        "VMSnapshot",
        {**SNAPSHOT, "schedule": {"enabled": True}, "retentionPolicy": {"maxCount": 7}},
        (("spec.schedule.cronSpec", "an enabled schedule needs cronSpec"),),
    ),
    "consistent programs": Case(
        "VMSnapshot", {**SNAPSHOT, "snapshotConfig": {"consistencyLevel": "ApplicationConsistent"}}
    ),
    "consistent programs that were not asked": Case(
        "VMSnapshot",
        {**SNAPSHOT, "snapshotConfig": {"consistencyLevel": "ApplicationConsistent", "quiesce": False}},
        (("spec.snapshotConfig.consistencyLevel", "ApplicationConsistent needs quiesce: true"),),
    ),
    "an external key that is not named": Case(
        "VMSnapshot",
        {**SNAPSHOT, "snapshotConfig": {"encryption": {"enabled": True, "keyProvider": "external"}}},
        (("spec.snapshotConfig.encryption.keyRef", "keyProvider external needs keyRef"),),
    ),
}
CLONES = {
    "a clone": Case("VMClone", CLONE),
    "a clone with other notes": Case("VMClone", {**CLONE, "metadata": {"project": "x"}}, before={"spec": CLONE}),
    "a clone of nothing": Case("VMClone", {**CLONE, "source": {}}, (("spec.source", "name exactly one source"),)),
    "a clone of two": Case(
        "VMClone",
        {**CLONE, "source": {"vmRef": LAB, "imageRef": LAB}},
        (("spec.source", "name exactly one source"),),
    ),
    "a clone of another machine": Case(
        "VMClone",
        {**CLONE, "source": {"vmRef": OTHER}},
        (("spec.source", "source cannot be changed: a clone is made once"),),
        {"spec": CLONE},
    ),
    "a clone of another name": Case(
        "VMClone",
        {**CLONE, "target": {"name": "web-3"}},
        (("spec.target", "target cannot be changed: a clone is made once"),),
        {"spec": CLONE},
    ),
    "a clone that is its source": Case(
        "VMClone",
        {**CLONE, "target": {"name": "web"}},
        (("spec.target.name", "target.name cannot be the name of the source"),),
    ),
    "a clone of the same name elsewhere": Case("VMClone", {**CLONE, "target": {"name": "web", "namespace": "shop"}}),
    "an instant clone of an image": Case(
        "VMClone",
        {"source": {"imageRef": LAB}, "target": {"name": "web-2"}, "options": {"type": "InstantClone"}},
        (("spec.options.type", "an InstantClone shares the memory"),),
    ),
    "throttling without a limit": Case(
        "VMClone",
        {**CLONE, "options": {"performance": {"ioThrottling": True}}},
        (("spec.options.performance.maxIOPS", "ioThrottling needs maxIOPS"),),
    ),
    "a guest with a static address": Case(
        "VMClone",
        customized(networks=[{"name": "lan", "ipAddress": "192.0.2.1", "subnetMask": "255.255.255.0"}]),
    ),
    "a guest with both sorts of addresses": Case(
        "VMClone",
        customized(networks=[{"name": "lan", "dhcp": True, "ipAddress": "192.0.2.1"}]),
        (
            ("spec.customization.networks[0].dhcp", "either dhcp: true or ipAddress"),
            ("spec.customization.networks[0].subnetMask", "a static ipAddress needs subnetMask"),
        ),
    ),
    "a password in a Secret": Case("VMClone", customized(sysprep={"adminPassword": SECRET})),
    "a password nowhere": Case(
        "VMClone",
        customized(sysprep={"adminPassword": {}}),
        (("spec.customization.sysprep.adminPassword", "write the text in exactly one place"),),
    ),
    "a certificate in two places": Case(
        "VMClone",
        customized(certificates=[{"name": "ca", "data": "PEM", **SECRET}]),
        (("spec.customization.certificates[0]", "write the certificate in exactly one place"),),
    ),
    "two certificates of one name": Case(
        "VMClone",
        customized(certificates=[{"name": "ca", "data": "1"}, {"name": "ca", "data": "2"}]),
        (("spec.customization.certificates[1]", "Duplicate value"),),
    ),
}
MIGRATIONS = {
    "a migration": Case("VMMigration", MIGRATION),
    "a migration through a claim that is made": Case(
        "VMMigration", stored(pvc={"storageClassName": "nfs", "size": "1Gi"})
    ),
    "a migration through NFS": Case("VMMigration", stored(type="nfs", nfs=NFS)),
    "a migration through S3": Case("VMMigration", stored(type="s3", s3=S3)),
    "a migration through the other": Case(
        "VMMigration", stored(type="nfs", s3=S3), (("spec.storage", "write the block of the type and no other"),)
    ),
    "a migration through two": Case(
        "VMMigration",
        stored(type="s3", s3=S3, pvc={"name": "p"}),
        (("spec.storage", "write the block of the type and no other"),),
    ),
    "a claim that exists of another class": Case(
        "VMMigration",
        stored(pvc={"name": "mine", "storageClassName": "fast"}),
        (("spec.storage.pvc.name", "name is a claim that exists"),),
    ),
    "more attempts for a migration": Case(
        "VMMigration", {**MIGRATION, "options": {"retryPolicy": {}}}, before={"spec": MIGRATION}
    ),
    "another machine in the middle of it": Case(
        "VMMigration",
        {**MIGRATION, "source": {"vmRef": OTHER}},
        (("spec.source", "source cannot be changed while a machine moves"),),
        {"spec": MIGRATION},
    ),
    "another target and another staging place in the middle of it": Case(
        "VMMigration",
        {**stored(type="nfs", nfs=NFS), "target": {"name": "web-3", "providerRef": OTHER}},
        (
            ("spec.target", "target cannot be changed while a machine moves"),
            ("spec.storage", "storage cannot be changed while a disk rests there"),
        ),
        {"spec": MIGRATION},
    ),
    "a migration onto itself": Case(
        "VMMigration",
        {**MIGRATION, "target": {"name": "web", "providerRef": OTHER}},
        (("spec.target.name", "target.name cannot be the name of the source"),),
    ),
    "a migration to the same name elsewhere": Case(
        "VMMigration", {**MIGRATION, "target": {"name": "web", "namespace": "shop", "providerRef": OTHER}}
    ),
    "a migration that stays": Case(
        "VMMigration",
        {**MIGRATION, "source": {"vmRef": {"name": "web"}, "providerRef": OTHER}},
        (("spec.target.providerRef", "source and target name the same Provider"),),
    ),
    "a migration to a provider of the same name elsewhere": Case(
        "VMMigration",
        {**MIGRATION, "source": {"vmRef": {"name": "web"}, "providerRef": {"name": "other", "namespace": "infra"}}},
    ),
}

CASES: Mapping[str, Case] = MACHINES | CLASSES | SETS | INFRASTRUCTURE | PLACES | SNAPSHOTS | CLONES | MIGRATIONS

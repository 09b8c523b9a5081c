"""What the rules of machines, classes and sets refuse and accept."""

from rule_case import LAB, LABELS, MACHINE, MADE, ON_A_DISK, OTHER, SECRET, SET, WINDOW, Case, machine, vm_class, vm_set

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

"""What the rules of snapshots, clones and migrations refuse and accept."""

from rule_case import CLONE, LAB, MIGRATION, NFS, NIGHTLY, OTHER, S3, SECRET, SNAPSHOT, Case, customized, stored

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

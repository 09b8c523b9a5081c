"""Every key that the Go manager sends in Create and Reconfigure, with a value of its own: each one is understood.

The texts hold what Go's encoder escapes for HTML, and they come in every dialect of the keys.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

import pytest
from virtrigaud_api.contract import (
    BootImage,
    Checksum,
    ChecksumType,
    DataDisk,
    DiskType,
    Encryption,
    Firmware,
    GiB,
    GuestData,
    GuestTools,
    Hardware,
    HyperThreading,
    KeyProvider,
    LatencySensitivity,
    MachineId,
    MachineSpec,
    MHz,
    MiB,
    Nic,
    Owner,
    Performance,
    Placement,
    ResourceLimits,
    RootDisk,
    Scsi,
    ScsiController,
    Security,
    SharedBus,
    StaticAddress,
    TpmVersion,
)
from virtrigaud_api.wire import json_fields, machines
from virtrigaud_api.wire.generated import provider_pb2 as pb2

DIGEST: Final = "ab" * 32
MARKED_UP: Final = "a<b>&\u2028'c"

CLASS: Final[dict[str, Any]] = {
    "CPU": 4,
    "MemoryMiB": 8192,
    "Firmware": "UEFI",
    "DiskDefaults": {"Type": "thick", "SizeGiB": 40},
    "GuestToolsPolicy": "upgrade",
    "ExtraConfig": {"guestinfo.note": MARKED_UP},
    "PerformanceProfile": {
        "LatencySensitivity": "high",
        "CPUHotAddEnabled": True,
        "MemoryHotAddEnabled": True,
        "VirtualizationBasedSecurity": True,
        "NestedVirtualization": True,
        "HyperThreadingPolicy": "avoid",
    },
    "SecurityProfile": {
        "SecureBoot": True,
        "TPMEnabled": True,
        "TPMVersion": "1.2",
        "VTDEnabled": True,
        "EncryptionEnabled": True,
        "KeyProvider": "external",
        "RequireEncryption": True,
    },
    "ResourceLimits": {
        "CPULimit": 4000,
        "CPUReservation": 1000,
        "MemoryLimitMiB": 9000,
        "MemoryReservationMiB": 2000,
        "CPUShares": 700,
    },
}
IMAGE: Final[dict[str, Any]] = {
    "TemplateName": MARKED_UP,
    "Path": "/images/a&b.qcow2",
    "URL": "https://img.example/x?a=1&b=<2>",
    "Format": "qcow2",
    "Checksum": DIGEST,
    "ChecksumType": "sha512",
}
NETWORKS: Final[list[dict[str, Any]]] = [
    {
        "Name": "lan",
        "Portgroup": "",
        "NetworkName": "pg <10> & more",
        "Bridge": "br0",
        "VLAN": 7,
        "Model": "e1000",
        "MacAddress": "52:54:00:00:00:01",
        "IPPolicy": "static",
        "StaticIP": "192.0.2.10",
        "Prefix": 24,
        "Gateway": "192.0.2.1",
        "DNS": "192.0.2.2,192.0.2.3",
        "PCISlotNumber": 192,
    },
    {"Name": "second", "Portgroup": "pg-20"},
]
DISKS: Final[list[dict[str, Any]]] = [
    {
        "SizeGiB": 100,
        "Type": "eagerzeroedthick",
        "Name": "data <1>",
        "SCSI": {"controller": 1, "sharedBus": "physicalSharing", "controllerType": "lsilogic"},
    }
]
PLACEMENT: Final[dict[str, Any]] = {
    "Datastore": "ds <1> & 2",
    "StoragePod": "pod-1",
    "Cluster": "cluster-1",
    "Folder": "/dc/vm/a&b",
    "Host": "node-1",
}
USER_DATA: Final = '#cloud-config\nruncmd: ["a < b && c > d"]\n'
META_DATA: Final = "local-hostname: a&b\n"

SPEC: Final = MachineSpec(
    owner=Owner(namespace="", name="vm-a", uid=""),
    name="vm-a",
    hardware=Hardware(
        cpus=4,
        memory=MiB(8192),
        firmware=Firmware.UEFI,
        root_disk=RootDisk(size=GiB(40), type=DiskType.THICK),
        guest_tools=GuestTools.UPGRADE,
        extra={"guestinfo.note": MARKED_UP},
        performance=Performance(
            latency=LatencySensitivity.HIGH,
            cpu_hot_add=True,
            memory_hot_add=True,
            virtualization_based_security=True,
            nested_virtualization=True,
            hyper_threading=HyperThreading.AVOID,
        ),
        security=Security(
            secure_boot=True,
            tpm=TpmVersion.TPM_1_2,
            iommu=True,
            encryption=Encryption(enabled=True, required=True, key_provider=KeyProvider.EXTERNAL),
        ),
        limits=ResourceLimits(
            cpu_limit=MHz(4000),
            cpu_reservation=MHz(1000),
            memory_limit=MiB(9000),
            memory_reservation=MiB(2000),
            cpu_shares=700,
        ),
    ),
    boot=BootImage(
        template=MARKED_UP,
        path="/images/a&b.qcow2",
        url="https://img.example/x?a=1&b=<2>",
        format="qcow2",
        checksum=Checksum(type=ChecksumType.SHA512, hex=DIGEST),
    ),
    nics=(
        Nic(
            name="lan",
            network="pg <10> & more",
            bridge="br0",
            vlan=7,
            model="e1000",
            mac="52:54:00:00:00:01",
            pci_slot=192,
            static=StaticAddress(address="192.0.2.10", prefix=24, gateway="192.0.2.1", dns=("192.0.2.2", "192.0.2.3")),
        ),
        Nic(name="second", network="pg-20"),
    ),
    disks=(
        DataDisk(
            name="data <1>",
            size=GiB(100),
            type=DiskType.EAGER_ZEROED_THICK,
            scsi=Scsi(controller=1, shared_bus=SharedBus.PHYSICAL, model=ScsiController.LSI_LOGIC),
        ),
    ),
    placement=Placement(
        datastore="ds <1> & 2", storage_pod="pod-1", cluster="cluster-1", folder="/dc/vm/a&b", host="node-1"
    ),
    guest=GuestData(user_data=USER_DATA.encode(), meta_data=META_DATA.encode()),
    tags=("blue", "a&b"),
)

Spelling = Callable[[str], str]


def go_json(document: Any) -> str:
    """Encode as Go does: no spaces, and what could be HTML escaped."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def respelled(value: Any, spelling: Spelling) -> Any:
    """Spell every key but those of free-form objects in another way."""
    match value:
        case dict():
            return {
                spelling(key): inner if key == "ExtraConfig" else respelled(inner, spelling)
                for key, inner in value.items()
            }
        case list():
            return [respelled(inner, spelling) for inner in value]
        case _:
            return value


SPELLINGS: Final[dict[str, Spelling]] = {
    "PascalCase": str,
    "camelCase": lambda key: key[0].lower() + key[1:],
    "lower case": str.lower,
    "upper case": str.upper,
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_a_create_with_every_key_is_understood_whole(spelling: Spelling) -> None:
    sent = pb2.CreateRequest(
        name="vm-a",
        class_json=go_json(respelled(CLASS, spelling)),
        image_json=go_json(respelled(IMAGE, spelling)),
        networks_json=go_json(respelled(NETWORKS, spelling)),
        disks_json=go_json(respelled(DISKS, spelling)),
        placement_json=go_json(respelled(PLACEMENT, spelling)),
        user_data=USER_DATA.encode(),
        meta_data=META_DATA.encode(),
        tags=["blue", "a&b"],
    )
    assert machines.spec_from_message(sent) == SPEC


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_a_reconfigure_with_every_key_is_understood_whole(spelling: Spelling) -> None:
    desired = {
        "Name": "vm-a",
        "Class": CLASS,
        "Image": IMAGE,
        "Networks": NETWORKS,
        "Disks": DISKS,
        "UserData": {"CloudInitData": USER_DATA, "Type": "cloud-init"},
        "MetaData": {"MetaDataYAML": META_DATA},
        "Placement": PLACEMENT,
        "Tags": ["blue", "a&b"],
    }
    sent = pb2.ReconfigureRequest(id="vm-42", desired_json=go_json(respelled(desired, spelling)))
    assert machines.reconfigure_from_message(sent) == ("vm-42", SPEC)


def test_null_in_place_of_every_object_and_list_is_the_same_as_nothing() -> None:
    bare = {"CPU": 4, "MemoryMiB": 8192}
    nothing = dict.fromkeys(set(CLASS) - set(bare))
    sent = pb2.CreateRequest(name="vm-a", class_json=go_json(bare | nothing), image_json=go_json(dict.fromkeys(IMAGE)))
    sent.networks_json = sent.disks_json = sent.placement_json = "null"
    expected = MachineSpec(owner=SPEC.owner, name="vm-a", hardware=Hardware(cpus=4, memory=MiB(8192)), boot=BootImage())
    assert machines.spec_from_message(sent) == expected


def test_what_we_send_of_all_this_is_what_the_go_manager_sends() -> None:
    ours = machines.spec_to_message(replace(SPEC, nics=SPEC.nics[:1]))
    assert json.loads(ours.class_json) == CLASS
    assert json.loads(ours.image_json) == IMAGE
    assert json.loads(ours.networks_json) == [NETWORKS[0] | {"IPPolicy": ""}]
    assert json.loads(ours.disks_json) == DISKS
    assert json.loads(ours.placement_json) == PLACEMENT
    assert machines.reconfigure_from_message(machines.reconfigure_to_message(MachineId("vm-42"), SPEC))[1] == SPEC


OURS: Final = {
    "GPUs",
    "IOPS",
    "StorageClass",
    "Pool",
    "ImportedDisk",
    "MTU",
    "NameServers",
    "DNSSearch",
    "Routes",
    "ExpandPolicy",
    "RemovalPolicy",
    "ResourcePool",
}
FIELDS: Final[Mapping[str, tuple[type[StrEnum], ...]]] = {
    "class": (
        json_fields.ClassField,
        json_fields.DiskDefaultsField,
        json_fields.PerformanceField,
        json_fields.SecurityField,
        json_fields.LimitsField,
    ),
    "image": (json_fields.ImageField,),
    "networks": (json_fields.NetworkField,),
    "disks": (json_fields.DiskField, json_fields.ScsiField),
    "placement": (json_fields.PlacementField,),
}


@pytest.mark.parametrize(
    ("payload", "document"),
    [("class", CLASS), ("image", IMAGE), ("networks", NETWORKS), ("disks", DISKS), ("placement", PLACEMENT)],
)
def test_no_key_of_the_wire_is_missing_above(payload: str, document: Any) -> None:
    known = {str(key) for fields in FIELDS[payload] for key in fields} - OURS
    assert set(keys_of(document)) == known


def keys_of(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        value = dict(enumerate(value))
    for key, inner in value.items() if isinstance(value, dict) else ():
        if isinstance(key, str):
            yield key
        if key != "ExtraConfig":
            yield from keys_of(inner)

"""Create, Reconfigure and Power as the Go manager sends them, and ours as a Go provider parses them."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from virtrigaud_api.contract import (
    BootImage,
    DataDisk,
    DiskType,
    Encryption,
    Firmware,
    GiB,
    GuestData,
    Hardware,
    ImportedDisk,
    KeyProvider,
    MachineId,
    MachineSpec,
    MHz,
    MiB,
    Nic,
    Owner,
    Performance,
    Placement,
    PowerVerb,
    ResourceLimits,
    RootDisk,
    Scsi,
    Security,
    StaticAddress,
    TpmVersion,
)
from virtrigaud_api.wire import machines
from virtrigaud_api.wire.generated import provider_pb2 as pb2

CLASS = (
    '{"CPU":2,"MemoryMiB":4096,"Firmware":"UEFI","DiskDefaults":{"Type":"thin","SizeGiB":40},'
    '"GuestToolsPolicy":"install","ExtraConfig":null,"PerformanceProfile":{"LatencySensitivity":"",'
    '"CPUHotAddEnabled":true,"MemoryHotAddEnabled":false,"VirtualizationBasedSecurity":false,'
    '"NestedVirtualization":false,"HyperThreadingPolicy":""},"SecurityProfile":null,"ResourceLimits":null}'
)
IMAGE = '{"TemplateName":"tmpl-a","Path":"","URL":"","Format":"template","Checksum":"","ChecksumType":"sha256"}'
NETWORKS = (
    '[{"Name":"lan","Portgroup":"","NetworkName":"pg-10","Bridge":"","VLAN":0,"Model":"","MacAddress":"",'
    '"IPPolicy":"","StaticIP":"192.0.2.10","Prefix":24,"Gateway":"192.0.2.1","DNS":"192.0.2.2,192.0.2.3",'
    '"PCISlotNumber":null}]'
)
DISKS = '[{"SizeGiB":100,"Type":"thin","Name":"data"}]'
PLACEMENT = '{"Datastore":"ds1","StoragePod":"","Cluster":"","Folder":"","Host":""}'
DESIRED = (
    f'{{"Name":"vm-a","Class":{CLASS},"Image":{IMAGE},"Networks":{NETWORKS},"Disks":null,'
    '"UserData":{"CloudInitData":"#cloud-config\\n","Type":"cloud-init"},"MetaData":null,"Placement":null,"Tags":null}'
)

OWNER = Owner(namespace="", name="vm-a", uid="")
HARDWARE_KEYS = Encryption(enabled=True, required=True, key_provider=KeyProvider.HARDWARE)
SPEC = MachineSpec(
    owner=OWNER,
    name="vm-a",
    hardware=Hardware(
        cpus=2,
        memory=MiB(4096),
        firmware=Firmware.UEFI,
        root_disk=RootDisk(size=GiB(40), type=DiskType.THIN),
        performance=Performance(cpu_hot_add=True),
    ),
    boot=BootImage(template="tmpl-a"),
    nics=(
        Nic(
            name="lan",
            network="pg-10",
            static=StaticAddress(address="192.0.2.10", prefix=24, gateway="192.0.2.1", dns=("192.0.2.2", "192.0.2.3")),
        ),
    ),
    disks=(DataDisk(name="data", size=GiB(100), type=DiskType.THIN),),
    placement=Placement(datastore="ds1"),
    tags=("blue",),
)
DESIRED_SPEC = replace(SPEC, disks=(), placement=Placement(), tags=(), guest=GuestData(user_data=b"#cloud-config\n"))


def request(**payloads: Any) -> pb2.CreateRequest:
    return pb2.CreateRequest(**({"name": "vm-a", "class_json": CLASS, "image_json": IMAGE} | payloads))


def test_a_create_of_the_go_manager_is_understood() -> None:
    sent = request(networks_json=NETWORKS, disks_json=DISKS, placement_json=PLACEMENT, tags=["blue"])
    assert machines.spec_from_message(sent) == SPEC


def test_our_create_is_byte_for_byte_that_of_the_go_manager_with_the_owner_added() -> None:
    expected = request(networks_json=NETWORKS, disks_json=DISKS, placement_json=PLACEMENT, tags=["blue"])
    expected.owner.name = "vm-a"
    assert machines.spec_to_message(SPEC) == expected


def test_a_machine_without_networks_disks_and_placement_is_null_null_and_nothing() -> None:
    bare = replace(SPEC, nics=(), disks=(), placement=Placement(), tags=())
    message = machines.spec_to_message(bare)
    assert (message.networks_json, message.disks_json, message.placement_json) == ("null", "null", "")
    message.ClearField("owner")
    assert machines.spec_from_message(message) == bare


def test_a_reconfigure_of_the_go_manager_is_understood() -> None:
    sent = pb2.ReconfigureRequest(id="vm-42", desired_json=DESIRED)
    assert machines.reconfigure_from_message(sent) == ("vm-42", DESIRED_SPEC)


def test_our_reconfigure_is_byte_for_byte_that_of_the_go_manager_with_the_owner_added() -> None:
    expected = pb2.ReconfigureRequest(id="vm-42", desired_json=DESIRED, owner=pb2.Owner(name="vm-a"))
    assert machines.reconfigure_to_message(MachineId("vm-42"), DESIRED_SPEC) == expected


def test_user_data_that_is_no_text_travels_through_reconfigure_as_base64() -> None:
    spec = replace(DESIRED_SPEC, guest=GuestData(user_data=b"\xff\x00"))
    message = machines.reconfigure_to_message(MachineId("vm-42"), spec)
    assert json.loads(message.desired_json)["UserData"] == {
        "CloudInitData": "",
        "Type": "cloud-init",
        "Base64": "/wA=",
    }


def test_network_data_travels_by_a_field_and_a_key_of_our_own() -> None:
    spec = replace(DESIRED_SPEC, guest=GuestData(network_data=b"version: 2\n"))
    assert machines.spec_to_message(spec).network_data == b"version: 2\n"
    message = machines.reconfigure_to_message(MachineId("vm-42"), spec)
    assert json.loads(message.desired_json)["NetworkData"] == {"NetworkConfigYAML": "version: 2\n"}
    assert machines.reconfigure_from_message(message)[1].guest == spec.guest


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"Firmware": ""}, {}),
        ({"Firmware": None}, {}),
        ({"Firmware": "EFI"}, {"firmware": Firmware.UEFI}),
        ({"firmware": "uefi"}, {"firmware": Firmware.UEFI}),
        ({"DiskDefaults": {"Type": "", "SizeGiB": 0}}, {}),
        ({"DISKDEFAULTS": {"sizegib": 8}}, {"root_disk": RootDisk(size=GiB(8))}),
        ({"ExtraConfig": {"vsphere.hardwareVersion": "21"}}, {"extra": {"vsphere.hardwareVersion": "21"}}),
        ({"ResourceLimits": {"CPULimit": 500}}, {"limits": ResourceLimits(cpu_limit=MHz(500))}),
        ({"ResourceLimits": {"MemoryLimitMiB": None}}, {}),
        ({"SecurityProfile": {"TPMEnabled": True, "TPMVersion": ""}}, {"security": Security(tpm=TpmVersion.TPM_2_0)}),
        ({"SecurityProfile": {"TPMEnabled": True, "TPMVersion": 1.2}}, {"security": Security(tpm=TpmVersion.TPM_1_2)}),
        ({"SecurityProfile": {"TPMEnabled": True, "TPMVersion": 2}}, {"security": Security(tpm=TpmVersion.TPM_2_0)}),
        ({"SecurityProfile": {"TPMEnabled": False, "TPMVersion": "1.2"}}, {}),
        (
            {"SecurityProfile": {"EncryptionEnabled": True, "KeyProvider": "hardware", "RequireEncryption": True}},
            {
                "security": Security(
                    encryption=Encryption(enabled=True, required=True, key_provider=KeyProvider.HARDWARE)
                )
            },
        ),
        ({"Unknown": {"key": 1}}, {}),
    ],
)
def test_hardware_is_read_in_every_spelling(document: dict[str, Any], expected: dict[str, Any]) -> None:
    sent = request(class_json=json.dumps({"CPU": 1, "MemoryMiB": 512} | document))
    assert machines.spec_from_message(sent).hardware == Hardware(cpus=1, memory=MiB(512), **expected)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"name": "lan", "vlan": 7, "mac": "52:54:00:00:00:01"}, Nic(name="lan", vlan=7, mac="52:54:00:00:00:01")),
        (
            {"name": "lan", "static_ip": {"address": "192.0.2.9/26", "gateway": "192.0.2.1", "dns": ["192.0.2.2"]}},
            Nic(
                name="lan",
                static=StaticAddress(address="192.0.2.9", prefix=26, gateway="192.0.2.1", dns=("192.0.2.2",)),
            ),
        ),
        ({"Name": "lan", "Portgroup": "pg-9"}, Nic(name="lan", network="pg-9")),
        ({"Name": "lan", "Bridge": "br0", "Model": "e1000"}, Nic(name="lan", bridge="br0", model="e1000")),
        ({"Name": "lan", "PCISlotNumber": 0}, Nic(name="lan", pci_slot=0)),
    ],
)
def test_a_nic_is_read_in_every_spelling(document: dict[str, Any], expected: Nic) -> None:
    sent = request(networks_json=json.dumps([document]))
    assert machines.spec_from_message(sent).nics == (expected,)


def test_a_disk_on_a_scsi_bus_is_spelled_as_the_go_vsphere_provider_reads_it() -> None:
    disk = DataDisk(name="data", size=GiB(1), grows_online=True, storage_class="fast", scsi=Scsi(controller=1))
    message = machines.spec_to_message(replace(SPEC, disks=(disk,)))
    assert json.loads(message.disks_json) == [
        {
            "SizeGiB": 1,
            "Type": "",
            "Name": "data",
            "SCSI": {"controller": 1, "sharedBus": "noSharing", "controllerType": "pvscsi"},
            "ExpandPolicy": "Online",
            "StorageClass": "fast",
        }
    ]


def test_a_path_without_our_mark_is_a_shared_image_and_with_it_an_imported_disk() -> None:
    disk = ImportedDisk(disk_id="vol-1", path="/pool/vol-1.qcow2")
    message = machines.spec_to_message(replace(SPEC, boot=disk))
    document = json.loads(message.image_json)
    assert document == {
        "TemplateName": "",
        "Path": "/pool/vol-1.qcow2",
        "URL": "",
        "Format": "qcow2",
        "Checksum": "",
        "ChecksumType": "sha256",
        "ImportedDisk": {"DiskID": "vol-1", "Path": "/pool/vol-1.qcow2"},
    }
    assert machines.spec_from_message(message).boot == disk
    message.image_json = json.dumps(document | {"ImportedDisk": None})
    assert machines.spec_from_message(message).boot == BootImage(path="/pool/vol-1.qcow2", format="qcow2")


def test_a_go_provider_never_gets_an_imported_disk_without_a_path() -> None:
    message = machines.spec_to_message(replace(SPEC, boot=ImportedDisk(disk_id="vol-1", format="raw")))
    assert json.loads(message.image_json)["Path"] == "/var/lib/libvirt/images/vol-1.raw"
    assert machines.spec_from_message(message).boot == ImportedDisk(disk_id="vol-1", format="raw")


def test_the_power_operations_of_the_go_manager_are_understood() -> None:
    graceful = pb2.PowerRequest(id="vm-42", op=pb2.POWER_OP_SHUTDOWN_GRACEFUL, graceful_timeout_seconds=60)
    assert machines.power_from_message(graceful) == ("vm-42", PowerVerb.SHUTDOWN, timedelta(seconds=60))
    assert machines.power_to_message(MachineId("vm-42"), PowerVerb.SHUTDOWN, timedelta(seconds=60)) == graceful

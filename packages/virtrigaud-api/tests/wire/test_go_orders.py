"""Clones, images, snapshots and disk transfers as the Go manager sends them, and ours as a Go provider parses them."""

import json
from dataclasses import replace
from typing import Any

import pytest
from virtrigaud_api.contract import (
    Backend,
    BootImage,
    Checksum,
    ChecksumType,
    CloneOrder,
    Customization,
    DiskType,
    Encryption,
    ExportOrder,
    GiB,
    GuestData,
    Hardware,
    ImageOrder,
    ImportOrder,
    KeyProvider,
    MachineId,
    MiB,
    Nic,
    Owner,
    Placement,
    ResourceLimits,
    RootDisk,
    Security,
    SnapshotOrder,
    StagingCredential,
    StagingOption,
    StagingPlace,
    StaticAddress,
    TransferMode,
)
from virtrigaud_api.wire import clones, disk_transfer, images, snapshots
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.json_fields import StorageField

CLONE = pb2.CloneRequest(
    source_vm_id="vm-42",
    target_name="copy",
    class_json='{"cpu":4,"memory":"8Gi","firmware":"BIOS","guestToolsPolicy":"install"}',
    placement_json='{"name":"policy-a"}',
    customize_json='{"hostname":"h1","networks":[{"name":"lan","dhcp":true}]}',
)
CLONE_ORDER = CloneOrder(
    owner=Owner(namespace="", name="copy", uid=""),
    name="copy",
    hardware=Hardware(cpus=4, memory=MiB(8192)),
    customization=Customization(hostname="h1", nics=(Nic(name="lan"),)),
)


def test_a_clone_of_the_go_manager_is_understood() -> None:
    assert clones.order_from_message(CLONE) == ("vm-42", CLONE_ORDER)


def test_our_clone_is_that_of_the_go_manager_with_the_memory_in_mib_for_its_proxmox_provider() -> None:
    message = clones.order_to_message(MachineId("vm-42"), replace(CLONE_ORDER, placement=Placement(host="node-1")))
    assert json.loads(message.class_json) == json.loads(CLONE.class_json) | {"MemoryMiB": 8192}
    assert message.customize_json == CLONE.customize_json
    assert json.loads(message.placement_json)["Host"] == "node-1"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"memory": "1536Mi"}, Hardware(cpus=1, memory=MiB(1536))),
        ({"memory": "1.5Gi"}, Hardware(cpus=1, memory=MiB(1536))),
        ({"memory": "1G"}, Hardware(cpus=1, memory=MiB(954))),
        ({"memory": 2**30}, Hardware(cpus=1, memory=MiB(1024))),
        ({"memory": "1073741824"}, Hardware(cpus=1, memory=MiB(1024))),
        ({"memory": "1e9"}, Hardware(cpus=1, memory=MiB(954))),
        (
            {"memory": "1Gi", "diskDefaults": {"size": "40Gi", "type": "thick"}},
            Hardware(cpus=1, memory=MiB(1024), root_disk=RootDisk(size=GiB(40), type=DiskType.THICK)),
        ),
        (
            {"memory": "1Gi", "resourceLimits": {"memoryLimit": "2Gi", "cpuShares": 10}},
            Hardware(cpus=1, memory=MiB(1024), limits=ResourceLimits(memory_limit=MiB(2048), cpu_shares=10)),
        ),
        (
            {"memory": "1Gi", "securityProfile": {"encryptionPolicy": {"enabled": True, "keyProvider": "external"}}},
            Hardware(
                cpus=1,
                memory=MiB(1024),
                security=Security(encryption=Encryption(enabled=True, key_provider=KeyProvider.EXTERNAL)),
            ),
        ),
    ],
)
def test_a_class_of_the_custom_resource_is_read_in_every_spelling(document: dict[str, Any], expected: Hardware) -> None:
    sent = pb2.CloneRequest(source_vm_id="vm-42", target_name="copy", class_json=json.dumps({"cpu": 1} | document))
    assert clones.order_from_message(sent)[1].hardware == expected


def test_a_customization_of_the_custom_resource_is_understood_whole() -> None:
    document = {
        "hostname": "h1",
        "domain": "example.org",
        "timeZone": "UTC",
        "networks": [
            {
                "name": "lan",
                "ipAddress": "192.0.2.7",
                "subnetMask": "255.255.255.192",
                "gateway": "192.0.2.1",
                "dns": ["192.0.2.2"],
                "macAddress": "52:54:00:00:00:01",
            }
        ],
        "userData": {"cloudInit": {"inline": "#cloud-config\n"}, "ignition": {"inline": "{}"}},
    }
    sent = pb2.CloneRequest(source_vm_id="vm-42", target_name="copy", customize_json=json.dumps(document))
    address = StaticAddress(address="192.0.2.7", prefix=26, gateway="192.0.2.1", dns=("192.0.2.2",))
    assert clones.order_from_message(sent)[1].customization == Customization(
        hostname="h1",
        domain="example.org",
        time_zone="UTC",
        nics=(Nic(name="lan", mac="52:54:00:00:00:01", static=address),),
        guest=GuestData(user_data=b"#cloud-config\n", ignition=b"{}"),
    )


GO_IMAGE = (
    '{"source":{"libvirt":{"url":"https://img.example/x.qcow2","format":"qcow2","checksumType":"sha256",'
    '"storagePool":"default"}},"prepare":{"onMissing":"Import"}}'
)
URL_IMAGE = BootImage(url="https://img.example/x.qcow2", format="qcow2", pool="default")


def test_an_image_of_the_go_manager_is_understood() -> None:
    sent = pb2.ImagePrepareRequest(image_json=GO_IMAGE, target_name="img")
    assert images.order_from_message(sent) == ImageOrder(name="img", source=URL_IMAGE)


def test_our_image_goes_out_under_every_source_that_could_use_it_and_in_the_flat_form() -> None:
    digest = "ab" * 32
    image = replace(URL_IMAGE, template="9000", checksum=Checksum(type=ChecksumType.SHA256, hex=digest))
    message = images.order_to_message(ImageOrder(name="img", source=image, storage="fast"))
    checksum = {"checksum": digest, "checksumType": "sha256"}
    assert (message.target_name, message.storage_hint) == ("img", "fast")
    assert json.loads(message.image_json) == {
        "source": {
            "vsphere": {"templateName": "9000", "ovaURL": image.url, **checksum},
            "libvirt": {"url": image.url, "format": "qcow2", "storagePool": "default", **checksum},
            "proxmox": {"templateID": 9000, "storage": "default", "format": "qcow2"},
            "http": {"url": image.url, **checksum},
        },
        "TemplateName": "9000",
        "Path": "",
        "URL": image.url,
        "Format": "qcow2",
        "Checksum": digest,
        "ChecksumType": "sha256",
        "Pool": "default",
    }


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"TemplateName": "tmpl-a", "Format": "template"}, BootImage(template="tmpl-a")),
        ({"source": {"proxmox": {"templateID": 9000, "node": "n1"}}}, BootImage(template="9000")),
        (
            {"source": {"proxmox": {"templateName": "t", "storage": "s", "format": "raw"}}},
            BootImage(template="t", pool="s", format="raw"),
        ),
        (
            {"source": {"libvirt": {"path": "/pool/a.img", "format": "raw"}}},
            BootImage(path="/pool/a.img", format="raw"),
        ),
        ({"source": {"http": {"url": "https://a", "timeout": "30m0s"}}}, BootImage(url="https://a")),
        (
            {"source": {"vsphere": {"ovaURL": "https://a", "checksum": "AB", "checksumType": "md5"}}},
            BootImage(url="https://a", checksum=Checksum(type=ChecksumType.MD5, hex="ab")),
        ),
        (
            {"source": {"vsphere": {"ovaURL": "https://a", "checksum": "ab"}, "libvirt": {"url": "https://b"}}},
            BootImage(url="https://b"),
        ),
    ],
)
def test_an_image_is_read_in_every_spelling(document: dict[str, Any], expected: BootImage) -> None:
    sent = pb2.ImagePrepareRequest(image_json=json.dumps(document), target_name="img")
    assert images.order_from_message(sent).source == expected


S3_OPTIONS = '{"backend":"s3","bucket":"b","endpoint":"https://s3.example","region":"us-east-1","usePathStyle":true}'
NFS_OPTIONS = '{"backend":"nfs","usePathStyle":false,"server":"192.0.2.9","export":"/exp","uid":1000,"gid":1000}'
S3 = StagingPlace(
    url="s3://b/export.vmdk",
    backend=Backend.S3,
    mode=TransferMode.RELAY,
    options={"bucket": "b", "endpoint": "https://s3.example", "region": "us-east-1", "usePathStyle": True},
    credentials={"accessKeyID": "id", "secretAccessKey": "canary"},
)
NFS = StagingPlace(
    url="nfs://192.0.2.9/exp/export.qcow2",
    backend=Backend.NFS,
    mode=TransferMode.DIRECT,
    options={"usePathStyle": False, "server": "192.0.2.9", "export": "/exp", "uid": 1000, "gid": 1000},
)
PVC = StagingPlace(url="pvc://claim/export.qcow2", mode=TransferMode.RELAY)


@pytest.mark.parametrize(("place", "options"), [(S3, S3_OPTIONS), (NFS, NFS_OPTIONS), (PVC, "")])
def test_a_staging_place_is_the_same_text_in_both_directions(place: StagingPlace, options: str) -> None:
    export = pb2.ExportDiskRequest(
        vm_id="vm-42",
        destination_url=place.url,
        format="qcow2",
        credentials=place.credentials,
        backend_type=place.backend,
        transfer_mode=place.mode,
        storage_options_json=options,
    )
    order = ExportOrder(machine=MachineId("vm-42"), destination=place)
    assert disk_transfer.export_from_message(export) == order
    assert disk_transfer.export_to_message(order) == export


def test_every_setting_and_key_that_the_go_manager_sends_has_a_name_in_the_contract() -> None:
    sent = set(json.loads(S3_OPTIONS)) | set(json.loads(NFS_OPTIONS)) | {"prefix", "path"}
    assert sent == {StorageField.BACKEND, *StagingOption}
    assert {*S3.credentials, "sessionToken"} == set(StagingCredential)


def test_an_import_that_is_not_to_be_verified_has_no_checksum() -> None:
    sent = pb2.ImportDiskRequest(source_url="pvc://claim/x", target_name="t", expected_checksum="ab")
    expected = ImportOrder(source=StagingPlace(url="pvc://claim/x"), name="t")
    assert disk_transfer.import_from_message(sent) == expected
    sent.verify_checksum = True
    assert disk_transfer.import_from_message(sent) == replace(expected, checksum="ab")


def test_a_snapshot_of_the_go_manager_is_understood() -> None:
    sent = pb2.SnapshotCreateRequest(vm_id="vm-42", name_hint="s", include_memory=True, description="d")
    assert snapshots.order_from_message(sent) == ("vm-42", SnapshotOrder(name="s", memory=True, description="d"))

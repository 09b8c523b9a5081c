"""Payloads that nobody should send: the error names the field and shows no secret, or the value is read."""

import contextlib
import json
import traceback
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from virtrigaud_api.contract import BootImage, Download, ImageOrder, InvalidSpec, ProviderFault, Unsupported
from virtrigaud_api.wire import clones, disk_transfer, images, json_fields, machine_states, machines
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.json_reader import MAXIMUM_BYTES
from virtrigaud_api.wire.quantity import bytes_of, text_of

CANARY = "canary-7f3a"
KEYS = sorted(
    {
        str(member)
        for fields in vars(json_fields).values()
        if isinstance(fields, type) and issubclass(fields, StrEnum)
        for member in fields
    }
)
CLASS = '{"CPU":1,"MemoryMiB":512}'


def create(**payloads: Any) -> object:
    return machines.spec_from_message(pb2.CreateRequest(**({"name": "vm-a", "class_json": CLASS} | payloads)))


def reconfigure(text: str) -> object:
    return machines.reconfigure_from_message(pb2.ReconfigureRequest(id="vm-42", desired_json=text))


def clone(**payloads: Any) -> object:
    return clones.order_from_message(pb2.CloneRequest(source_vm_id="vm-42", target_name="copy", **payloads))


def prepare(text: str) -> object:
    return images.order_from_message(pb2.ImagePrepareRequest(target_name="img", image_json=text))


def export(text: str) -> object:
    return disk_transfer.export_from_message(pb2.ExportDiskRequest(vm_id="vm-42", storage_options_json=text))


READERS: dict[str, Callable[[str], object]] = {
    "class": lambda text: create(class_json=text),
    "image": lambda text: create(image_json=text),
    "networks": lambda text: create(networks_json=text),
    "disks": lambda text: create(disks_json=text),
    "placement": lambda text: create(placement_json=text),
    "desired": reconfigure,
    "clone class": lambda text: clone(class_json=text),
    "clone placement": lambda text: clone(placement_json=text),
    "customization": lambda text: clone(customize_json=text),
    "image to prepare": prepare,
    "storage options": export,
}

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from(["\ud800", "255.255.0.255", "1Gi", "1e99", "192.0.2.1/99"]),
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda parts: st.one_of(
        st.lists(parts, max_size=4),
        st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=4), parts, max_size=8),
    ),
    max_leaves=24,
)


@pytest.mark.parametrize("reader", READERS)
@given(document=DOCUMENTS)
def test_any_json_is_a_value_or_an_invalid_spec(reader: str, document: Any) -> None:
    with contextlib.suppress(InvalidSpec):
        READERS[reader](json.dumps(document))


@pytest.mark.parametrize("reader", READERS)
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_a_value_or_an_invalid_spec(reader: str, text: str) -> None:
    with contextlib.suppress(InvalidSpec):
        READERS[reader](text)


@given(text=st.text(st.characters(exclude_categories=["Cs"])) | DOCUMENTS.map(json.dumps))
def test_any_raw_facts_are_a_description(text: str) -> None:
    described = pb2.DescribeResponse(exists=True, provider_raw_json=text)
    state = machine_states.description_from_message(described, machines.machine_id("vm-42", "id"))
    assert state is not None
    assert state.id == "vm-42"


@pytest.mark.parametrize(
    ("reader", "text", "error"),
    [
        ("class", '{"CPU":1,"MemoryMiB":"x"}', "class_json.MemoryMiB: expected an integer, got 'x'"),
        ("class", '{"CPU":true,"MemoryMiB":1}', "class_json.CPU: expected an integer, got true"),
        ("class", '{"CPU":1.5,"MemoryMiB":1}', "class_json.CPU: expected an integer, got 1.5"),
        ("class", '{"CPU":[1],"MemoryMiB":1}', "class_json.CPU: expected an integer, got a list"),
        (
            "class",
            '{"CPU":0,"MemoryMiB":1}',
            "class_json.CPU: expected at least 1, got 0",
        ),
        ("class", '{"MemoryMiB":1}', "class_json.CPU: expected at least 1 CPU, got none"),
        ("class", '{"CPU":1}', "class_json.MemoryMiB: expected at least 1 MiB, got none"),
        ("class", '{"CPU":1,"MemoryMiB":1,"Firmware":"x"}', "class_json.Firmware: expected BIOS, UEFI or EFI"),
        ("class", "[]", "class_json: expected an object, got a list"),
        ("class", '{"CPU":', "class_json: not valid JSON at line 1 column 8"),
        ("class", '{"CPU":NaN}', "class_json: not valid JSON: a number is out of range"),
        ("class", f'{{"CPU":{"9" * 5000}}}', "class_json: not valid JSON: a number is out of range"),
        ("class", "[" * 200_000, "class_json: nested too deeply"),
        ("class", f'"{"x" * MAXIMUM_BYTES}"', "class_json: longer than 4194304 bytes"),
        (
            "class",
            '{"CPU":1,"MemoryMiB":1,"DiskDefaults":{"Type":"floppy"}}',
            "class_json.DiskDefaults.Type: expected one of thin, thick, eagerzeroedthick, ssd, hdd, nvme, got 'floppy'",
        ),
        (
            "class",
            '{"CPU":1,"MemoryMiB":1,"SecurityProfile":{"SecureBoot":"yes"}}',
            "class_json.SecurityProfile.SecureBoot: expected true or false, got 'yes'",
        ),
        (
            "class",
            '{"CPU":1,"MemoryMiB":1,"SecurityProfile":{"TPMEnabled":true,"TPMVersion":"3"}}',
            "class_json.SecurityProfile.TPMVersion: expected 1.2 or 2.0",
        ),
        (
            "class",
            '{"CPU":1,"MemoryMiB":1,"ExtraConfig":{"a":1}}',
            "class_json.ExtraConfig.a: expected a text, got a number",
        ),
        ("class", '{"CPU":1,"MemoryMiB":1,"GPUs":{}}', "class_json.GPUs.Count: expected at least 1 GPU, got none"),
        ("networks", "{}", "networks_json: expected a list, got an object"),
        ("networks", "[1]", "networks_json[0]: expected an object, got a number"),
        (
            "networks",
            '[{},{"VLAN":-1}]',
            "networks_json[1].VLAN: expected at least 0, got -1",
        ),
        (
            "networks",
            '[{"StaticIP":"192.0.2.1"}]',
            "networks_json[0].Prefix: a static address needs a prefix from 1 to 32",
        ),
        (
            "networks",
            '[{"ipAddress":"192.0.2.1","subnetMask":"255.0.255.0"}]',
            "networks_json[0].subnetMask: expected a subnet mask such as 255.255.255.0",
        ),
        ("networks", '[{"Name":"\\ud800"}]', "networks_json[0].Name: the text is not valid Unicode"),
        ("disks", '[{"SizeGiB":1}]', "disks_json[0].Name: expected the name of a disk, got none"),
        ("disks", '[{"Name":"a"}]', "disks_json[0].SizeGiB: expected at least 1 GiB, got none"),
        ("image", '{"ImportedDisk":{}}', "image_json.ImportedDisk.DiskID: expected the id of a disk, got none"),
        ("desired", "{}", "desired_json.Name: expected the name of a machine, got none"),
        ("desired", '{"Name":"a"}', "desired_json.Class.CPU: expected at least 1 CPU, got none"),
        ("clone class", '{"cpu":1,"memory":"much"}', "class_json.memory: expected a quantity such as 8Gi"),
        (
            "customization",
            '{"sysprep":{"enabled":true}}',
            "customize_json.sysprep: providers can't apply this to a copy; leave it out",
        ),
        (
            "customization",
            '{"userData":{"cloudInit":{"secretRef":{"name":"s"}}}}',
            "customize_json.userData.cloudInit.secretRef: a provider reads no Secrets; send the text inline",
        ),
        (
            "image to prepare",
            '{"source":{"registry":{"image":"a:b"}}}',
            "image_json.source.registry: providers can't fetch from there; use a template, a path or a URL",
        ),
        (
            "image to prepare",
            '{"source":{"http":{"url":"https://a","headers":{"a":"b"}}}}',
            "image_json.source.http.headers: providers send none; use a URL that needs none",
        ),
        (
            "storage options",
            '{"bucket":{}}',
            "storage_options_json.bucket: expected a text, a boolean or an integer, got an object",
        ),
    ],
)
def test_an_error_names_the_payload_and_the_field(reader: str, text: str, error: str) -> None:
    with pytest.raises(InvalidSpec) as raised:
        READERS[reader](text)
    assert str(raised.value) == error


@pytest.mark.parametrize(
    "user_data",
    [
        f'"{CANARY}"',
        f'{{"CloudInitData":["{CANARY}"]}}',
        f'{{"CloudInitData":"","Base64":"!{CANARY}"}}',
        f'{{"CloudInitData":"{CANARY}',
        f'{{"CloudInitData":"{CANARY}\\ud800"}}',
        f'{{"CloudInitData":"{CANARY}\\x"}}',
    ],
)
def test_l31_user_data_is_never_in_an_error_nor_in_its_causes(user_data: str) -> None:
    text = f'{{"Name":"a","Class":{CLASS},"UserData":{user_data}}}'
    with pytest.raises(InvalidSpec) as raised:
        reconfigure(text)
    error: BaseException | None = raised.value
    while error is not None:
        assert CANARY not in "".join(traceback.format_exception_only(error)) + repr(vars(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def test_a_machine_without_an_id_or_a_name_is_refused() -> None:
    with pytest.raises(InvalidSpec, match=r"^PowerRequest\.op: expected a power operation, got 0$"):
        machines.power_from_message(pb2.PowerRequest(id="vm-42"))
    with pytest.raises(InvalidSpec, match=r"^PowerRequest\.id: expected the name of a machine, got none$"):
        machines.power_from_message(pb2.PowerRequest(op=pb2.POWER_OP_ON))
    with pytest.raises(InvalidSpec, match=r"^CreateRequest\.name: expected the name of a machine, got none$"):
        create(name="")


@pytest.mark.parametrize("fields", [{"backend_type": "tape"}, {"transfer_mode": "teleport"}])
def test_a_backend_or_a_mode_that_nobody_knows_is_unsupported(fields: dict[str, Any]) -> None:
    with pytest.raises(Unsupported, match=r"^cannot move disks by '(tape|teleport)': this provider knows "):
        disk_transfer.export_from_message(pb2.ExportDiskRequest(vm_id="vm-42", **fields))


@given(size_bytes=st.integers(0, 2**60))
def test_a_quantity_is_read_as_it_is_written(size_bytes: int) -> None:
    assert bytes_of(text_of(size_bytes)) == size_bytes


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [
        ("8Gi", 8 * 2**30),
        ("+.5Ki", 512),
        ("5.", 5),
        ("1500m", 2),
        ("1n", 1),
        ("12e3", 12_000),
        ("1E", 10**18),
        ("-1", None),
        ("1GB", None),
        ("", None),
        ("1e999", None),
        ("٣", None),
    ],
)
def test_a_quantity_is_whole_bytes_rounded_up(text: str, size_bytes: int | None) -> None:
    assert bytes_of(text) == size_bytes


def test_an_order_whose_download_may_take_no_time_at_all_is_refused() -> None:
    sent = pb2.ImagePrepareRequest(target_name="img", download_timeout_seconds=-1)
    with pytest.raises(InvalidSpec, match=r"download_timeout_seconds: expected a time to wait, got -1$"):
        images.order_from_message(sent)


def test_an_image_that_is_there_without_a_name_is_a_fault_of_the_provider() -> None:
    with pytest.raises(ProviderFault, match=r"^ImageDescribeResponse\.id: expected how machines refer to the image"):
        images.state_from_message(pb2.ImageDescribeResponse(exists=True))


def test_a_deletion_that_names_no_image_is_refused() -> None:
    with pytest.raises(InvalidSpec, match=r"^ImageDeleteRequest\.name: expected the name of an image, got none$"):
        images.deletion_from_message(pb2.ImageDeleteRequest())


def test_headers_of_a_download_show_in_no_repr() -> None:
    order = ImageOrder(name="img", source=BootImage(), download=Download(headers={"Authorization": "Bearer canary"}))
    assert "canary" not in repr(order)

"""Changes of documents that libvirt stored: what is not asked to change stays as it is."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from libvirt_specs import EMULATED_PC, spec_of
from stored_documents import LAN, METADATA, SECOND
from virtrigaud_api.contract import DataDisk, GiB, Nic, Scsi
from virtrigaud_provider_libvirt.domain_xml import changes, disk, metadata
from virtrigaud_provider_libvirt.domain_xml.document import parse, render
from virtrigaud_provider_libvirt.domain_xml.domain import sizing
from virtrigaud_provider_libvirt.domain_xml.interface import PluggedNic, interface
from virtrigaud_provider_libvirt.domain_xml.reading import machine_document

STORED = (Path(__file__).parent / "documents" / "as-libvirt-stores-it.xml").read_text(encoding="utf-8")


@pytest.fixture
def domain() -> ET.Element:
    return parse(STORED)


def test_a_resize_changes_nothing_but_the_size(domain: ET.Element) -> None:
    devices = ET.tostring(domain.find("devices") or ET.Element("none"))
    changes.resize(domain, sizing(spec_of().hardware, EMULATED_PC))
    after = machine_document(render(domain))
    assert (after.cpus, after.most_cpus, after.memory, after.most_memory) == (1, 1, 128, 128)
    assert after.tuning == ("", "")
    assert ET.tostring(domain.find("devices") or ET.Element("none")).split() == devices.split()


def test_a_note_replaces_ours_and_keeps_what_others_wrote(domain: ET.Element) -> None:
    place = domain.find("metadata")
    assert place is not None
    theirs = ET.SubElement(place, "{https://example.org/x}theirs")
    noted = replace(METADATA, tags=("y",))
    changes.note(domain, noted)
    assert metadata.read(domain) == noted
    assert theirs in list(place)
    assert len(place) == 2


def test_l26_a_nic_that_changes_keeps_its_slot(domain: ET.Element) -> None:
    former = changes.find_interface(domain, LAN.upper())
    assert former is not None
    address = ET.tostring(former.find("address") or ET.Element("none")).strip()
    changed = interface(PluggedNic(nic=Nic(name="lan", network="green", model="e1000"), mac=LAN))
    changes.replace_device(domain, former, changed)
    after = machine_document(render(domain))
    assert [(nic.name, nic.network, nic.model) for nic in after.nics] == [
        ("lan", "green", "e1000"),
        ("second", "virtrigaud", "virtio"),
    ]
    assert ET.tostring(changed.find("address") or ET.Element("none")).strip() == address


def test_devices_are_added_and_removed(domain: ET.Element) -> None:
    second = changes.find_interface(domain, SECOND)
    assert second is not None
    changes.remove_device(domain, second)
    changes.add_device(domain, interface(PluggedNic(nic=Nic(name="third", bridge="br0"), mac="52:00:00:00:00:03")))
    assert [(nic.mac, nic.bridge) for nic in machine_document(render(domain)).nics] == [
        (LAN, ""),
        ("52:00:00:00:00:03", "br0"),
    ]


def test_the_limit_of_a_disk_is_lifted_and_set(domain: ET.Element) -> None:
    changes.limit_iops(domain, "vda", None)
    changes.limit_iops(domain, "vdb", 7)
    changes.limit_iops(domain, "vdz", 9)
    assert [one.iops for one in machine_document(render(domain)).disks] == ["", "7"]


def test_a_new_disk_takes_a_place_that_is_free(domain: ET.Element) -> None:
    taken = changes.taken(domain)
    assert (taken.devices, taken.scsi) == ({"vda", "vdb", "sda"}, {(0, 0)})
    wanted = [
        DataDisk(name="a", size=GiB(1)),
        DataDisk(name="b", size=GiB(1), scsi=Scsi(controller=0)),
        DataDisk(name="c", size=GiB(1), scsi=Scsi(controller=0)),
    ]
    placed = [target for _, target in disk.place(wanted, taken)]
    assert placed == [
        disk.Target(device="vdc"),
        disk.Target(device="sdb", scsi=0),
        disk.Target(device="sdc", scsi=1),
    ]
    assert changes.scsi_controllers(domain) == {"0"}

"""Documents as libvirt 9.0 wrote them, read back."""

from pathlib import Path

from stored_documents import FILES, LAN, METADATA, SECOND
from virtrigaud_api.contract import MachineId, MiB
from virtrigaud_provider_libvirt.domain_xml.reading import DiskDocument, MachineDocument, NicDocument, machine_document
from virtrigaud_provider_libvirt.domain_xml.traits import Trait

DOCUMENTS = Path(__file__).parent / "documents"


def expected(*, most_cpus: int, most_memory: int, agent_connected: bool, console_url: str | None) -> MachineDocument:
    return MachineDocument(
        machine=MachineId("29918511-d24b-53d1-b9af-2779804c5b55"),
        name="team-a.web",
        metadata=METADATA,
        cpus=2,
        most_cpus=most_cpus,
        memory=MiB(384),
        most_memory=MiB(most_memory),
        tuning=("2048", "38461"),
        nics=(
            NicDocument(name="lan", mac=LAN, network="virtrigaud", bridge="", model="virtio"),
            NicDocument(name="second", mac=SECOND, network="virtrigaud", bridge="", model="virtio"),
        ),
        disks=(
            DiskDocument(
                name="root", target="vda", path=f"/var/lib/images/{FILES}-root.qcow2", format="qcow2", iops="500"
            ),
            DiskDocument(
                name="disk-data", target="vdb", path=f"/var/lib/images/{FILES}-disk-data.qcow2", format="qcow2"
            ),
        ),
        traits=frozenset({Trait.AGENT}),
        agent_connected=agent_connected,
        console_url=console_url,
    )


def test_a_running_machine_is_read() -> None:
    document = (DOCUMENTS / "as-libvirt-runs-it.xml").read_text(encoding="utf-8")
    assert machine_document(document) == expected(
        most_cpus=4, most_memory=1024, agent_connected=True, console_url="vnc://127.0.0.1:5900"
    )


def test_a_stored_machine_is_read() -> None:
    document = (DOCUMENTS / "as-libvirt-stores-it.xml").read_text(encoding="utf-8")
    assert machine_document(document) == expected(
        most_cpus=8, most_memory=1536, agent_connected=False, console_url=None
    )


def test_a_domain_of_somebody_else_is_read() -> None:
    found = machine_document(
        "<domain type='kvm'><name>theirs</name><uuid>5</uuid><memory unit='GiB'>2</memory><vcpu>2</vcpu>"
        "<devices><interface type='bridge'><mac address='52:54:00:AA:bb:cc'/><source bridge='br0'/></interface>"
        "<disk type='block'><source dev='/dev/vg/lv'/><target dev='sda'/></disk>"
        "<disk type='file' device='cdrom'><target dev='sdb'/></disk></devices></domain>"
    )
    assert (found.metadata, found.cpus, found.memory, found.traits) == (None, 2, 2048, frozenset())
    assert found.nics == (NicDocument(name="nic0", mac="52:54:00:aa:bb:cc", network="", bridge="br0", model=""),)
    assert found.disks == (DiskDocument(name="sda", target="sda", path="/dev/vg/lv", format="raw"),)

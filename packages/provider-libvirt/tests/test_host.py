"""What is read from libvirt's documents about the host."""

import pytest
from virtrigaud_api.contract import Firmware, Unsupported
from virtrigaud_provider_libvirt.host import GuestKind, Host, host_of, preferred_guest

CAPABILITIES = """
<capabilities>
  <host><cpu><arch>{arch}</arch><feature name='{feature}'/></cpu></host>
  <guest><os_type>exe</os_type><arch name='{arch}'><domain type='lxc'/></arch></guest>
  <guest><os_type>hvm</os_type><arch name='{arch}'><domain type='qemu'/>{more}</arch></guest>
</capabilities>
"""
DOMAIN = """
<domainCapabilities>
  <path>/usr/bin/qemu-system-{arch}</path><domain>{type}</domain><machine>{machine}</machine><arch>{arch}</arch>
  <vcpu max='288'/>
  <os supported='yes'>
    <enum name='firmware'>{firmware}</enum>
    <loader supported='yes'><enum name='secure'><value>yes</value><value>no</value></enum></loader>
  </os>
  <cpu><mode name='host-passthrough' supported='no'/><mode name='maximum' supported='yes'/></cpu>
  <devices><tpm supported='yes'><enum name='backendModel'><value>{tpm}</value></enum></tpm></devices>
</domainCapabilities>
"""


def capabilities(arch: str = "x86_64", feature: str = "svm", more: str = "") -> str:
    return CAPABILITIES.format(arch=arch, feature=feature, more=more)


@pytest.mark.parametrize(
    ("document", "guest"),
    [
        (capabilities(more="<domain type='kvm'/>"), GuestKind("x86_64", "kvm", "q35")),
        (capabilities(), GuestKind("x86_64", "qemu", "q35")),
        (capabilities("aarch64"), GuestKind("aarch64", "qemu", "virt")),
        (capabilities("s390x"), GuestKind("s390x", "qemu", None)),
    ],
)
def test_l25_guests_of_the_hosts_own_kind_are_preferred(document: str, guest: GuestKind) -> None:
    assert preferred_guest(document) == guest


def test_a_host_without_an_emulator_is_refused() -> None:
    document = "<capabilities><host><cpu><arch>x86_64</arch></cpu></host></capabilities>"
    with pytest.raises(Unsupported, match="no emulator for its own architecture x86_64"):
        preferred_guest(document)


def test_l18_everything_is_what_the_documents_say() -> None:
    of_guests = DOMAIN.format(
        arch="x86_64", type="kvm", machine="pc-q35-9.0", firmware="<value>efi</value>", tpm="emulator"
    )
    assert host_of(capabilities(), of_guests, name="a", cpu_mhz=2000) == Host(
        name="a",
        arch="x86_64",
        domain_type="kvm",
        emulator="/usr/bin/qemu-system-x86_64",
        machine="pc-q35-9.0",
        cpu_modes=frozenset({"maximum"}),
        firmwares=frozenset({Firmware.BIOS, Firmware.UEFI}),
        secure_boot=True,
        emulated_tpm=True,
        nested_feature="svm",
        most_cpus=288,
        cpu_mhz=2000,
    )


def test_l18_what_the_documents_do_not_say_is_not_there() -> None:
    of_guests = DOMAIN.format(arch="aarch64", type="qemu", machine="virt-9.0", firmware="", tpm="passthrough")
    host = host_of(capabilities("aarch64"), of_guests, name="a", cpu_mhz=0)
    assert (host.firmwares, host.emulated_tpm, host.nested_feature) == (frozenset(), False, None)

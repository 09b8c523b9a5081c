"""What is chosen when a machine is made and stays for its life."""

from enum import StrEnum

from virtrigaud_api.contract import Firmware, GuestTools, Hardware


class Trait(StrEnum):
    """One choice, in the words of messages."""

    UEFI = "firmware UEFI"
    SECURE_BOOT = "secure boot"
    TPM = "a virtual TPM"
    IOMMU = "an IOMMU"
    AGENT = "a channel for the guest agent"


def traits_of(hardware: Hardware) -> frozenset[Trait]:
    """The choices that a spec makes."""
    wanted = {
        Trait.UEFI: hardware.firmware is Firmware.UEFI,
        Trait.SECURE_BOOT: hardware.security.secure_boot,
        Trait.TPM: hardware.security.tpm is not None,
        Trait.IOMMU: hardware.security.iommu,
        Trait.AGENT: hardware.guest_tools is GuestTools.INSTALL,
    }
    return frozenset(trait for trait, there in wanted.items() if there)

"""Formats and checksums of disk images, shared by the image's source and its preparation."""

from enum import StrEnum


class ImageFormat(StrEnum):
    """Format of a disk image."""

    QCOW2 = "qcow2"
    RAW = "raw"
    VMDK = "vmdk"
    VHD = "vhd"
    VHDX = "vhdx"
    ISO = "iso"
    OVA = "ova"
    OVF = "ovf"


class ChecksumType(StrEnum):
    """Algorithm of a checksum."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA512 = "sha512"

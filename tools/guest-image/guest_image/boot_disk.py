"""Puts the bootable disk together, without mounting anything and without loop devices.

Partition 1 is FAT with SYSLINUX, kernel and initramfs; partition 2 is the ext4 root.
"""

import os
import struct
from dataclasses import dataclass
from pathlib import Path

from guest_image.faults import run

ROOT_LABEL = "guest-root"
_SECTOR_BYTES = 512
_BOOT_START, _BOOT_SECTORS = 2048, 40960
_ROOT_START, _ROOT_SECTORS = 43008, 88064
_FAT16_LBA, _LINUX = 0x0E, 0x83
_SYSLINUX_CONFIG = f"""DEFAULT guest
PROMPT 0
TIMEOUT 0
LABEL guest
 LINUX /vmlinuz
 INITRD /initramfs
 APPEND console=tty0 console=ttyS0 quiet panic=5 mitigations=off memhp_default_state=online root=LABEL={ROOT_LABEL}
"""


@dataclass(frozen=True, slots=True)
class BootFiles:
    """What the boot partition carries."""

    kernel: Path
    initramfs: Path


def write(target: Path, *, boot: BootFiles, root_tree: Path, packages: Path, scratch: Path) -> None:
    """Write the qcow2 image `target`.

    Args:
        target: The image to write.
        boot: Kernel and initramfs.
        root_tree: The content of the root partition.
        packages: The tree of unpacked packages, for SYSLINUX and mtools.
        scratch: A folder for intermediate files.
    """
    raw = scratch / "disk.raw"
    with raw.open("wb") as disk:
        disk.truncate((_ROOT_START + _ROOT_SECTORS) * _SECTOR_BYTES)
        disk.write(_master_boot_record(packages))
        _copy_in(disk.fileno(), _boot_partition(boot, packages, scratch), _BOOT_START)
        _copy_in(disk.fileno(), _root_partition(root_tree, scratch), _ROOT_START)
    run(["qemu-img", "convert", "-c", "-f", "raw", "-O", "qcow2", raw, target])


def _master_boot_record(packages: Path) -> bytes:
    code = (packages / "usr/lib/SYSLINUX/mbr.bin").read_bytes().ljust(446, b"\0")
    entries = (
        _partition_entry(0x80, _FAT16_LBA, _BOOT_START, _BOOT_SECTORS),
        _partition_entry(0x00, _LINUX, _ROOT_START, _ROOT_SECTORS),
    )
    return code + b"".join(entries).ljust(64, b"\0") + b"\x55\xaa"


def _partition_entry(flag: int, kind: int, start: int, sectors: int) -> bytes:
    """One entry of the partition table; the CHS fields say "use the sector numbers"."""
    beyond_chs = b"\xfe\xff\xff"
    return struct.pack("<B3sB3sII", flag, beyond_chs, kind, beyond_chs, start, sectors)


def _boot_partition(boot: BootFiles, packages: Path, scratch: Path) -> Path:
    partition, config = scratch / "boot.fat", scratch / "syslinux.cfg"
    config.write_text(_SYSLINUX_CONFIG, encoding="ascii")
    tools = packages / "usr/bin"
    env = {"PATH": f"{tools}:{os.environ.get('PATH', '/usr/bin:/bin')}", "MTOOLS_SKIP_CHECK": "1"}
    geometry = ["-h", "64", "-s", "32", "-T", str(_BOOT_SECTORS), "-H", str(_BOOT_START)]
    run([tools / "mformat", "-i", partition, "-C", *geometry, "-v", "BOOT", "::"], env=env)
    for source, name in ((boot.kernel, "vmlinuz"), (boot.initramfs, "initramfs"), (config, "syslinux.cfg")):
        run([tools / "mcopy", "-i", partition, source, f"::{name}"], env=env)
    run([tools / "syslinux", "--install", partition], env=env)
    return partition


def _root_partition(tree: Path, scratch: Path) -> Path:
    partition = scratch / "root.ext4"
    with partition.open("wb") as file:
        file.truncate(_ROOT_SECTORS * _SECTOR_BYTES)
    options = ["-q", "-F", "-t", "ext4", "-L", ROOT_LABEL, "-m", "0", "-E", "root_owner=0:0", "-J", "size=4"]
    run(["mke2fs", *options, "-d", tree, partition], env={"PATH": "/usr/sbin:/sbin:/usr/bin:/bin"})
    return partition


def _copy_in(disk: int, source: Path, start: int) -> None:
    with source.open("rb") as file:
        offset = start * _SECTOR_BYTES
        while chunk := file.read(1 << 20):
            if chunk.strip(b"\0"):
                os.pwrite(disk, chunk, offset)
            offset += len(chunk)

"""Images for tests, made by the real qemu-img or byte by byte, and the rule for where it is missing."""

import os
import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

REQUIRED = "VIRTRIGAUD_REQUIRE_LIBVIRT"
MISSING = "qemu-img (Debian package qemu-utils) is not installed"


def require_qemu_img() -> None:
    """Skip where qemu-img is missing; fail where the environment says that it must be there."""
    if shutil.which("qemu-img") is None:
        if os.environ.get(REQUIRED) == "1":
            pytest.fail(f"{MISSING}, and {REQUIRED}=1 requires it")
        pytest.skip(MISSING)


def qemu_img(*arguments: object) -> None:
    subprocess.run(["qemu-img", *map(str, arguments)], check=True, capture_output=True)


def content_of(path: Path, image_format: str) -> bytes:
    """Return what a guest would read from an image."""
    raw = path.with_name(f"{path.name}.read")
    qemu_img("convert", "-f", image_format, "-O", "raw", path, raw)
    try:
        return raw.read_bytes()
    finally:
        raw.unlink()


def noise(length: int) -> bytes:
    """Return bytes that do not compress, the same in every run."""
    return random.Random(7).randbytes(length)  # noqa: S311 - nothing is kept secret by them


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def patched(path: Path, offset: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)


def sparse_vmdk(descriptor: bytes, *, capacity_sectors: int = 2048) -> bytes:
    """Return the first sectors of a sparse VMDK with a descriptor of one's own."""
    header = struct.pack("<4sIIQQQQ", b"KDMV", 1, 3, capacity_sectors, 128, 1, 20).ljust(512, b"\0")
    return (header + descriptor).ljust(64 << 10, b"\0")

"""Writes the initramfs: a gzipped cpio archive in the "newc" format.

Format: Documentation/driver-api/early-userspace/buffer-format.rst of the kernel sources.
Written here, because an archive with a device node then needs no privilege and is the same every time.
"""

import gzip
import stat
from collections.abc import Iterable
from pathlib import Path

from guest_image import kernel_modules

_CONSOLE_DEVICE = (5, 1)
_FOLDERS = ("bin", "dev", "modules", "proc", "root", "sys")


def write(target: Path, *, init: Path, busybox: Path, kernel: Path) -> None:
    """Write the archive that finds, grows and mounts the root partition."""
    archive = _Archive()
    for folder in _FOLDERS:
        archive.add(folder, stat.S_IFDIR | 0o755)
    archive.add("dev/console", stat.S_IFCHR | 0o600, device=_CONSOLE_DEVICE)
    archive.add("init", stat.S_IFREG | 0o755, init.read_bytes())
    archive.add("bin/busybox", stat.S_IFREG | 0o755, busybox.read_bytes())
    modules = kernel_modules.in_load_order(kernel)
    for module in modules:
        archive.add(f"modules/{module.name}", stat.S_IFREG | 0o644, module.read_bytes())
    archive.add("modules/order", stat.S_IFREG | 0o644, _lines(module.name for module in modules))
    target.write_bytes(gzip.compress(archive.finish(), compresslevel=6, mtime=0))


def _lines(words: Iterable[str]) -> bytes:
    return "".join(f"{word}\n" for word in words).encode("ascii")


class _Archive:
    """Collects entries and numbers their inodes."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._inode = 0

    def add(self, name: str, mode: int, content: bytes = b"", device: tuple[int, int] = (0, 0)) -> None:
        """Append one entry, owned by root and dated 1970."""
        self._inode += 1
        raw_name = name.encode("utf-8") + b"\0"
        fields = (self._inode, mode, 0, 0, 1, 0, len(content), 0, 0, *device, len(raw_name), 0)
        header = b"070701" + b"".join(b"%08X" % field for field in fields)
        self._parts += [_padded(header + raw_name), _padded(content)]

    def finish(self) -> bytes:
        """The whole archive with its trailer."""
        self._inode = -1
        self.add("TRAILER!!!", 0)
        return b"".join(self._parts)


def _padded(block: bytes) -> bytes:
    return block + b"\0" * (-len(block) % 4)

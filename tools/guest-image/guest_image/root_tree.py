"""Lays out the guest's root file system in a folder, from which mke2fs fills the partition."""

import shutil
from pathlib import Path

from guest_image.debian import shared_libraries
from guest_image.faults import BuildError, run

_FOLDERS = (
    "bin",
    "dev",
    "etc",
    "lib64",
    "mnt",
    "proc",
    "root",
    "run",
    "sbin",
    "sys",
    "tmp",
    "usr/bin",
    "var/lib",
    "www",
)
_RESIZE2FS = Path("/usr/sbin/resize2fs")


def lay_out(root: Path, *, packages: Path, files: Path) -> None:
    """Fill the empty folder `root`.

    Args:
        root: Where the tree is laid out.
        packages: The tree of unpacked packages.
        files: Our own scripts and settings, copied as they are.
    """
    for folder in _FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    _add_busybox(root, packages / "bin/busybox")
    _add_program(root, packages / "usr/sbin/qemu-ga", "sbin/qemu-ga")
    if not _RESIZE2FS.exists():
        raise BuildError(f"{_RESIZE2FS} is missing: install e2fsprogs")
    _add_program(root, _RESIZE2FS, "sbin/resize2fs")
    for source in sorted(path for path in files.rglob("*") if path.is_file()):
        target = root / source.relative_to(files)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o755 if source.read_bytes().startswith(b"#!") else 0o644)
    (root / "var/run").symlink_to("/run")


def _add_busybox(root: Path, busybox: Path) -> None:
    shutil.copyfile(busybox, root / "bin/busybox")
    (root / "bin/busybox").chmod(0o755)
    for applet in run([busybox, "--list"]).split():
        if applet != "busybox":
            (root / "bin" / applet).symlink_to("busybox")
    (root / "sbin/init").symlink_to("/bin/busybox")


def _add_program(root: Path, program: Path, name: str) -> None:
    shutil.copyfile(program, root / name)
    (root / name).chmod(0o755)
    for library in shared_libraries(program):
        target = root / library.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(library, target)
        target.chmod(0o755)

"""Builds the image once per content: same sources and same packages give the cached file."""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from guest_image import boot_disk, debian, initramfs, root_tree

_HERE = Path(__file__).resolve().parent.parent
_INITRAMFS_INIT = _HERE / "initramfs" / "init"
_GUEST_FILES = _HERE / "guest"


def image(cache: Path) -> Path:
    """The path of the guest image below `cache`, built when it is not there yet.

    Raises:
        BuildError: It cannot be built here.
    """
    packages = debian.wanted_packages()
    target = cache / f"guest-{_content_hash(packages)}.qcow2"
    with _locked(cache):
        if not target.exists():
            _build(target, packages, cache)
    return target


def _build(target: Path, packages: tuple[debian.Package, ...], cache: Path) -> None:
    debian.fetch(packages, cache / "packages")
    with tempfile.TemporaryDirectory(dir=cache, prefix="build-") as name:
        scratch = Path(name)
        unpacked, tree = scratch / "packages", scratch / "root"
        debian.unpack(packages, cache / "packages", unpacked)
        (kernel,) = (unpacked / "boot").glob("vmlinuz-*")
        boot = boot_disk.BootFiles(kernel, scratch / "initramfs")
        initramfs.write(
            boot.initramfs, init=_INITRAMFS_INIT, busybox=unpacked / "bin/busybox", kernel=unpacked / "lib/modules"
        )
        tree.mkdir()
        root_tree.lay_out(tree, packages=unpacked, files=_GUEST_FILES)
        finished = scratch / "guest.qcow2"
        boot_disk.write(finished, boot=boot, root_tree=tree, packages=unpacked, scratch=scratch)
        finished.chmod(0o644)
        _forget_earlier(cache)
        shutil.move(finished, target)


def _forget_earlier(cache: Path) -> None:
    for earlier in cache.glob("guest-*.qcow2"):
        earlier.unlink()


def _content_hash(packages: Iterable[debian.Package]) -> str:
    digest = hashlib.sha256()
    for package in packages:
        digest.update(f"{package.file_name} {package.sha256}\n".encode())
    for source in _sources():
        digest.update(f"{source.relative_to(_HERE)}\n".encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    for folder in (_HERE / "guest_image", _INITRAMFS_INIT.parent, _GUEST_FILES):
        yield from sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


@contextmanager
def _locked(cache: Path) -> Iterator[None]:
    """Keep a second builder waiting until the first one has put its image there."""
    cache.mkdir(parents=True, exist_ok=True)
    lock = os.open(cache / "guest-image.lock", os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)

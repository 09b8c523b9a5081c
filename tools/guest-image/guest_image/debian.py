"""Debian packages as raw material: which version, fetched once, checked, unpacked.

Nothing is installed: the files are taken out of the packages into a folder of the cache.
"""

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from guest_image.faults import BuildError, run

_KERNEL_META = "linux-image-cloud-amd64"
_PACKAGES = ("busybox-static", "qemu-guest-agent", "syslinux", "syslinux-common", "mtools")
_URI_LINE = re.compile(r"^'(?P<uri>[^']+)' (?P<file>\S+) (?P<bytes>\d+) SHA256:(?P<sha256>[0-9a-f]{64})$")


@dataclass(frozen=True, slots=True)
class Package:
    """One package of the archive, pinned by the digest that apt's signed lists give."""

    file_name: str
    sha256: str


def wanted_packages() -> tuple[Package, ...]:
    """Ask apt which files the guest is made of; needs the lists of `apt-get update`, no network."""
    architecture = run(["dpkg", "--print-architecture"]).strip()
    if architecture != "amd64":
        raise BuildError(f"the guest image is built for amd64 only, this machine is {architecture}")
    with tempfile.TemporaryDirectory() as empty:
        printed = run(["apt-get", "download", "--print-uris", _kernel_package(), *_PACKAGES], cwd=Path(empty))
    found = [match for line in printed.splitlines() if (match := _URI_LINE.match(line))]
    if len(found) != len(_PACKAGES) + 1:
        raise BuildError(f"apt offers no download of all of {', '.join(_PACKAGES)}: run apt-get update as root")
    return tuple(Package(match["file"], match["sha256"]) for match in found)


def _kernel_package() -> str:
    """The package that the cloud kernel's metapackage points to."""
    printed = run(["apt-cache", "depends", _KERNEL_META])
    depends = re.findall(r"Depends: (linux-image-\S+)", printed)
    if not depends:
        raise BuildError(f"apt knows no package {_KERNEL_META}: run apt-get update as root")
    return str(depends[0])


def fetch(packages: Iterable[Package], folder: Path) -> None:
    """Download into `folder` what is not there yet and check every digest."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in packages:
        target = folder / package.file_name
        if target.exists() and _sha256(target) == package.sha256:
            continue
        target.unlink(missing_ok=True)
        name = package.file_name.split("_", 1)[0]
        run(["apt-get", "download", name], cwd=folder)
        if not target.exists() or _sha256(target) != package.sha256:
            raise BuildError(f"{package.file_name}: the download is not the file of apt's lists; run apt-get update")


def unpack(packages: Iterable[Package], folder: Path, into: Path) -> None:
    """Take the files out of all packages into one tree."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    for package in packages:
        run(["dpkg-deb", "-x", folder / package.file_name, into])


def shared_libraries(program: Path) -> tuple[Path, ...]:
    """The libraries of this machine that `program` is linked to, the loader included.

    Raises:
        BuildError: A library is not installed on this machine.
    """
    listed = run(["ldd", program])
    missing = re.findall(r"(\S+) => not found", listed)
    if missing:
        raise BuildError(f"{program.name} needs {', '.join(missing)}: install qemu-utils and qemu-system-x86")
    return tuple(Path(path) for path in re.findall(r"(/\S+) \(0x", listed))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

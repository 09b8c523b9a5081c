"""Which kernel modules the guest loads, and in which order.

The order comes from the `depends=` entry that every module file carries, so that neither
depmod nor modprobe is needed, here or in the guest.
"""

import re
from pathlib import Path

from guest_image.faults import BuildError

_WANTED = (
    "virtio_pci",
    "virtio_blk",
    "virtio_scsi",
    "sd_mod",
    "sr_mod",
    "isofs",
    "virtio_net",
    "virtio_console",
    "virtio_balloon",
    "virtio-rng",
    "button",
    "evdev",
)
_DEPENDS = re.compile(rb"\0depends=([^\0]*)\0")


def in_load_order(kernel: Path) -> tuple[Path, ...]:
    """The module files below `kernel` that the guest needs, each after those it depends on."""
    files = {_name(path.stem): path for path in kernel.rglob("*.ko")}
    ordered: dict[str, Path] = {}
    for name in _WANTED:
        _add(_name(name), files, ordered)
    return tuple(ordered.values())


def _add(name: str, files: dict[str, Path], ordered: dict[str, Path]) -> None:
    if name in ordered:
        return
    if name not in files:
        raise BuildError(f"the kernel package carries no module {name}")
    for needed in _depends(files[name]):
        _add(needed, files, ordered)
    ordered[name] = files[name]


def _depends(module: Path) -> tuple[str, ...]:
    entry = _DEPENDS.search(module.read_bytes())
    names = entry[1].decode("ascii").split(",") if entry else []
    return tuple(_name(name) for name in names if name)


def _name(raw: str) -> str:
    """The kernel treats dash and underscore in module names as the same."""
    return raw.replace("-", "_")

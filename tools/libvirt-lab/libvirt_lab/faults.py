"""Why the lab cannot run here, in words that say what to do."""

import os
import shutil
from pathlib import Path

_PROGRAMS = {
    "libvirtd": "libvirt-daemon-system",
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "dnsmasq": "dnsmasq-base",
    "iptables": "iptables",
    "ip": "iproute2",
    "unshare": "util-linux",
}
_SEARCH_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


class LabError(Exception):
    """The lab cannot do what was asked; the message says why and what to do."""


def program(name: str) -> str:
    """The path of an installed program, also when /usr/sbin is not in PATH."""
    path = shutil.which(name, path=_SEARCH_PATH)
    if path is None:
        raise LabError(f"{name} is not installed: apt-get install {_PROGRAMS.get(name, name)}")
    return path


def require_machine() -> None:
    """Check that this machine can run a libvirtd of its own.

    Raises:
        LabError: Naming the first thing that is missing.
    """
    if os.geteuid() != 0:
        raise LabError("a private libvirtd needs root")
    for name in _PROGRAMS:
        program(name)
    if not Path("/dev/net/tun").exists():
        raise LabError("/dev/net/tun is missing: guests cannot have a network on this machine")
    try:
        import libvirt  # noqa: F401, PLC0415 - whether it is there is the question
    except ImportError as missing:
        raise LabError("the Python module libvirt is not installed: uv sync --all-groups") from missing

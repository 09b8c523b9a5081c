"""Whether guests may use /dev/kvm.

Where the device exists but QEMU's user cannot open it, libvirt probes QEMU again and again
and every start takes a minute; such a device is better hidden.
"""

import os
import pwd
import stat
from pathlib import Path

DEVICE = Path("/dev/kvm")
_QEMU_USER = "libvirt-qemu"


def is_usable() -> bool:
    """QEMU's user can open the device for reading and writing."""
    try:
        device = DEVICE.stat()
        user = pwd.getpwnam(_QEMU_USER)
    except (OSError, KeyError):
        return False
    groups = os.getgrouplist(user.pw_name, user.pw_gid)
    everyone, group = stat.S_IROTH | stat.S_IWOTH, stat.S_IRGRP | stat.S_IWGRP
    return device.st_mode & everyone == everyone or (device.st_mode & group == group and device.st_gid in groups)

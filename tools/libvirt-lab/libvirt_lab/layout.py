"""Where one lab keeps its files, and the settings of its daemons.

libvirtd run by root has its folders compiled in. The lab mounts folders of its own over them,
in a mount namespace of its own, so that nothing of the machine's libvirt is seen or touched.
"""

from dataclasses import dataclass
from pathlib import Path

HOME = Path("/var/lib/virtrigaud-lab")
DEFAULT_NAME = "lab"

_LIBVIRTD_CONF = """\
auth_unix_rw = "none"
auth_unix_ro = "none"
unix_sock_rw_perms = "0700"
log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
"""
_QEMU_CONF = """\
namespaces = [ ]
security_driver = "none"
stdio_handler = "file"
"""


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders and names of the lab called `name`."""

    name: str

    @property
    def home(self) -> Path:
        """The folder that holds all of it."""
        return HOME / self.name

    @property
    def socket(self) -> Path:
        """Where libvirtd listens, as seen from outside."""
        return self.home / "run" / "libvirt-sock"

    @property
    def uri(self) -> str:
        """The address for libvirt.open."""
        return f"qemu:///system?socket={self.socket}"

    @property
    def pool_folder(self) -> Path:
        """The folder of the storage pool."""
        return self.home / "pool"

    @property
    def holder_pid_file(self) -> Path:
        """Who holds the namespace."""
        return self.home / "holder.pid"

    @property
    def daemon_pid_file(self) -> Path:
        """Which process is libvirtd at the moment."""
        return self.home / "libvirtd.pid"

    @property
    def log_file(self) -> Path:
        """What the daemons print."""
        return self.home / "lab.log"

    @property
    def bridge(self) -> str:
        """The host's bridge of the lab's network; Linux allows 15 characters."""
        return f"vg-{self.name}"[:15]

    def mounts(self) -> dict[Path, Path]:
        """Which folder of the lab lies over which compiled-in folder."""
        return {
            self.home / "run": Path("/run/libvirt"),
            self.home / "etc": Path("/etc/libvirt"),
            self.home / "lib": Path("/var/lib/libvirt"),
            self.home / "cache": Path("/var/cache/libvirt"),
            self.home / "log": Path("/var/log/libvirt"),
        }

    def is_seen_in(self, mounts: Path) -> bool:
        """The mount table `mounts` (a /proc/PID/mountinfo) has this lab's folder over /run/libvirt."""
        ours, covered = f"/{HOME.name}/{self.name}/run", "/run/libvirt"
        try:
            lines = mounts.read_text(errors="replace").splitlines()
        except OSError:
            return False
        return any(fields[3].endswith(ours) and fields[4] == covered for fields in map(str.split, lines))

    def prepare(self) -> None:
        """Make the folders and write the daemons' settings."""
        for own, covered in self.mounts().items():
            own.mkdir(parents=True, exist_ok=True)
            covered.mkdir(parents=True, exist_ok=True)
        self.pool_folder.mkdir(exist_ok=True)
        # QEMU runs as a user of its own and has to pass through to its disks.
        for folder in (HOME, self.home, self.pool_folder):
            folder.chmod(0o711)
        (self.home / "etc" / "libvirtd.conf").write_text(_LIBVIRTD_CONF, encoding="ascii")
        (self.home / "etc" / "qemu.conf").write_text(_QEMU_CONF, encoding="ascii")

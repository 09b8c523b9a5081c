"""Starts, stops and disturbs one lab. Called by the command line; tests and the demo use that."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import libvirt

from libvirt_lab import kvm, network
from libvirt_lab.faults import LabError, program, require_machine
from libvirt_lab.layout import Layout

POOL = "virtrigaud"
NETWORK = "virtrigaud"
_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_HOLDER_MODULE = "libvirt_lab.holder"
_SIMPLE_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?")
_POOL_DOCUMENT = "<pool type='dir'><name>{name}</name><target><path>{path}</path></target></pool>"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a user of the lab has to know."""

    uri: str
    pool: str
    pool_folder: str
    network: str
    bridge: str
    daemon_pid: int
    hardware_acceleration: bool


def _silent(_context: object, _error: object) -> None:
    """Errors are raised; libvirt would print them as well."""


libvirt.registerErrorHandler(_silent, None)


class Lab:
    """One lab by its name; several can run side by side."""

    def __init__(self, name: str) -> None:
        if not _SIMPLE_NAME.fullmatch(name):
            raise LabError(f"{name!r} is no name of a lab: up to 12 lower-case letters, digits and dashes")
        self._layout = Layout(name)

    def start(self) -> Facts:
        """Start it, or find it running.

        Raises:
            LabError: This machine cannot run it, or it did not come up.
        """
        require_machine()
        if not self._is_held():
            self._kill_all()
            self._layout.prepare()
            self._hold()
        self.start_daemon()
        return self.facts()

    def stop(self) -> None:
        """End its guests, networks and daemons and remove its files; not running is success."""
        self._end_guests()
        holder = _read_pid(self._layout.holder_pid_file)
        if holder and self._is_held():
            os.kill(holder, signal.SIGTERM)
            _poll(lambda: not self._is_held(), _STOP_SECONDS, "the lab's holder does not end")
        self._kill_all()
        if Path("/sys/class/net", self._layout.bridge).exists():
            subprocess.run([program("ip"), "link", "delete", self._layout.bridge], check=False)
        shutil.rmtree(self._layout.home, ignore_errors=True)

    def facts(self) -> Facts:
        """Where it is.

        Raises:
            LabError: It does not run.
        """
        daemon = _read_pid(self._layout.daemon_pid_file)
        if not self._is_held() or not daemon:
            raise LabError(f"the lab {self._layout.name} does not run")
        folder = str(self._layout.pool_folder)
        return Facts(self._layout.uri, POOL, folder, NETWORK, self._layout.bridge, daemon, kvm.is_usable())

    def kill_daemon(self) -> None:
        """Kill libvirtd without warning; guests go on."""
        daemon = _read_pid(self._layout.daemon_pid_file)
        if daemon in self._processes():
            os.kill(daemon, signal.SIGKILL)
            _poll(lambda: daemon not in self._processes(), _STOP_SECONDS, "libvirtd does not die")

    def start_daemon(self) -> None:
        """Start libvirtd again after it was killed, and wait until it answers."""
        holder = _read_pid(self._layout.holder_pid_file)
        os.kill(holder, signal.SIGHUP)
        _poll(lambda: self._answers(holder), _START_SECONDS, f"libvirtd does not answer; see {self._layout.log_file}")
        connection = libvirt.open(self._layout.uri)
        try:
            self._make_pool(connection)
            self._make_network(connection)
        finally:
            connection.close()

    def _hold(self) -> None:
        python_path = str(Path(__file__).resolve().parents[1])
        command = [program("unshare"), "--mount", "--propagation", "private", "--", sys.executable]
        command += ["-m", _HOLDER_MODULE, str(self._layout.home)]
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": python_path}
        with self._layout.log_file.open("ab") as log:
            holder = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                cwd="/",
                start_new_session=True,
            )
        _poll(
            lambda: self._is_held() or holder.poll() is not None,
            _START_SECONDS,
            f"the lab does not come up; see {self._layout.log_file}",
        )
        if holder.poll() is not None:
            said = self._layout.log_file.read_text(errors="replace").strip().splitlines()[-1:]
            raise LabError(f"the lab did not come up: {' '.join(said) or 'no message'}")

    def _make_pool(self, connection: libvirt.virConnect) -> None:
        if POOL not in {pool.name() for pool in connection.listAllStoragePools()}:
            document = _POOL_DOCUMENT.format(name=POOL, path=self._layout.pool_folder)
            connection.storagePoolDefineXML(document).setAutostart(1)
        pool = connection.storagePoolLookupByName(POOL)
        if not pool.isActive():
            pool.create()

    def _make_network(self, connection: libvirt.virConnect) -> None:
        if NETWORK not in {known.name() for known in connection.listAllNetworks()}:
            connection.networkDefineXML(network.document(NETWORK, self._layout.bridge)).setAutostart(1)
        lan = connection.networkLookupByName(NETWORK)
        if not lan.isActive():
            lan.create()

    def _end_guests(self) -> None:
        """The friendly way; what does not answer is killed with the namespace."""
        try:
            connection = libvirt.open(self._layout.uri)
        except libvirt.libvirtError:
            return
        try:
            for domain in connection.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE):
                domain.destroy()
            for lan in connection.listAllNetworks(libvirt.VIR_CONNECT_LIST_NETWORKS_ACTIVE):
                lan.destroy()
        except libvirt.libvirtError as error:
            print(f"libvirt-lab: {error}", file=sys.stderr)
        finally:
            connection.close()

    def _answers(self, holder: int) -> bool:
        if holder not in self._processes():
            raise LabError(f"the lab's holder died; see {self._layout.log_file}")
        try:
            libvirt.open(self._layout.uri).close()
        except libvirt.libvirtError:
            return False
        return True

    def _is_held(self) -> bool:
        return _read_pid(self._layout.holder_pid_file) in self._processes()

    def _processes(self) -> frozenset[int]:
        """All processes that see the lab's folder as /run/libvirt: exactly those that it started."""
        verdicts: dict[str, bool] = {"": False}
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            namespace = _namespace(entry)
            if namespace not in verdicts:
                verdicts[namespace] = self._layout.is_seen_in(entry / "mountinfo")
            if verdicts[namespace]:
                found.append(int(entry.name))
        return frozenset(found)

    def _kill_all(self) -> None:
        for pid in self._processes():
            os.kill(pid, signal.SIGKILL)
        _poll(lambda: not self._processes(), _STOP_SECONDS, "processes of the lab do not die")


def _namespace(process: Path) -> str:
    try:
        return str((process / "ns" / "mnt").readlink())
    except OSError:
        return ""


def _read_pid(path: Path) -> int:
    try:
        return int(path.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return 0


def _poll(done: Callable[[], bool], seconds: float, complaint: str) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise LabError(complaint)
        time.sleep(0.02)

"""The process that holds the lab's namespace: mounts its folders, runs libvirtd and reaps what dies in it.

Started by `lab.start` inside a fresh mount namespace. SIGHUP starts libvirtd again when it is gone,
SIGTERM ends it. Without a reaper, killed guests would stay behind as zombies under a slow first process.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from libvirt_lab import kvm
from libvirt_lab.faults import program
from libvirt_lab.layout import Layout

_PR_SET_CHILD_SUBREAPER = 36
_DAEMON_STOP_SECONDS = 10.0


class Holder:
    """Holds one namespace until it is told to stop."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._daemon_pid = 0

    def run(self) -> None:
        """Mount, start libvirtd and wait for signals; returns when SIGTERM came."""
        if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "cannot become the reaper of the lab's processes")
        self._mount()
        signal.signal(signal.SIGCHLD, self._reap)
        signal.signal(signal.SIGHUP, self._start_daemon)
        signal.signal(signal.SIGTERM, self._stop)
        self._start_daemon()
        self._layout.holder_pid_file.write_text(str(os.getpid()), encoding="ascii")
        while True:
            signal.pause()

    def _mount(self) -> None:
        mount = program("mount")
        for own, covered in self._layout.mounts().items():
            subprocess.run([mount, "--bind", str(own), str(covered)], check=True)
        if kvm.DEVICE.exists() and not kvm.is_usable():
            nothing = self._layout.home / "no-kvm"
            nothing.touch(mode=0o000)
            subprocess.run([mount, "--bind", str(nothing), str(kvm.DEVICE)], check=True)
            subprocess.run([mount, "-o", "remount,ro,bind", str(kvm.DEVICE)], check=True)

    def _start_daemon(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        if self._daemon_pid:
            return
        pid_file = self._layout.daemon_pid_file
        pid_file.unlink(missing_ok=True)
        command = [program("libvirtd"), "--config", "/etc/libvirt/libvirtd.conf", "--pid-file", str(pid_file)]
        self._daemon_pid = os.posix_spawn(command[0], command, os.environ)

    def _reap(self, _number: int, _frame: FrameType | None) -> None:
        while True:
            try:
                pid, _status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._daemon_pid:
                self._daemon_pid = 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if self._daemon_pid:
            os.kill(self._daemon_pid, signal.SIGTERM)
            deadline = time.monotonic() + _DAEMON_STOP_SECONDS
            while os.waitpid(self._daemon_pid, os.WNOHANG)[0] == 0:
                if time.monotonic() > deadline:
                    os.kill(self._daemon_pid, signal.SIGKILL)
                time.sleep(0.02)
        sys.exit(0)


if __name__ == "__main__":
    Holder(Layout(Path(sys.argv[1]).name)).run()

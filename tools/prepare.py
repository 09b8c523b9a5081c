"""Bring what the Makefile's targets need: uv, the locked environment and, for libvirt, Debian's packages.

Runs under the machine's own Python with nothing but the standard library. It is quiet: one line a step,
the full output in `.local/prepare.log`, and the end of it when a step fails. A second run finds the stamp
of the first and returns at once.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools" / "uv"
UV = TOOLS / "bin" / "uv"
UV_REQUIREMENT = "uv==0.13.9"
VENV = ROOT / ".venv"
STAMP = VENV / ".prepared"
LOG = ROOT / ".local" / "prepare.log"
DEBIAN_PACKAGES = ROOT / "tools" / "libvirt-lab" / "debian-packages.txt"
PYTHON_FLOOR = (3, 11)
STEPS = 3


class MissingError(Exception):
    """Something that this program can't bring; the message says what and how to get it."""


def main() -> int:
    """Prepare, and tell how it went by the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--libvirt",
        choices=("skip", "auto", "require"),
        default="skip",
        help="skip: without; auto: with libvirt where this machine allows; require: fail where it does not",
    )
    try:
        prepare(parser.parse_args().libvirt)
    except MissingError as missing:
        print(f"\nMissing: {missing}", file=sys.stderr)
        return 1
    return 0


def prepare(libvirt: str) -> None:
    """Run the steps that are not done yet."""
    if sys.version_info < PYTHON_FLOOR:
        raise MissingError(f"Python {PYTHON_FLOOR[0]}.{PYTHON_FLOOR[1]} or newer; this is {sys.version.split()[0]}")
    if libvirt != "skip":
        libvirt = "require" if prepare_libvirt(required=libvirt == "require") else "skip"
    groups = ["--group", "libvirt"] if libvirt == "require" else []
    stamp = fingerprint(groups)
    done = STAMP.read_text().split("\n") if STAMP.exists() else []
    if stamp in done:
        return
    prepare_uv()
    prepare_environment(groups)
    STAMP.write_text("\n".join([stamp, *([fingerprint([])] if groups else [])]))


def fingerprint(groups: list[str]) -> str:
    """Return a digest of everything that decides what the environment holds."""
    digest = hashlib.sha256(UV_REQUIREMENT.encode())
    for path in (ROOT / "uv.lock", ROOT / "pyproject.toml", *sorted(ROOT.glob("packages/*/pyproject.toml"))):
        digest.update(path.read_bytes())
    digest.update(" ".join([str(ROOT), sys.version, *groups]).encode())
    return digest.hexdigest()


def prepare_uv() -> None:
    """Install uv from PyPI into a folder of the checkout."""
    version = UV_REQUIREMENT.partition("==")[2]
    if UV.exists() and version in subprocess.run([UV, "--version"], capture_output=True, text=True, check=False).stdout:
        return
    pip = [sys.executable, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode != 0:
        raise MissingError("pip; on Debian: apt-get install python3-pip")
    step(1, f"uv {version}", [*pip, "install", "--quiet", "--upgrade", "--target", str(TOOLS), UV_REQUIREMENT])


def prepare_environment(groups: list[str]) -> None:
    """Install the locked dependencies and the workspace's packages into `.venv`."""
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_LINK_MODE": "copy"}
    command = [str(UV), "sync", "--locked", "--inexact", "--python", sys.executable, *groups]
    step(2, "locked dependencies", command, environment)


def prepare_libvirt(*, required: bool) -> bool:
    """Install Debian's libvirt and QEMU where that is allowed, and tell whether they are there."""
    wanted = [line for line in DEBIAN_PACKAGES.read_text().split() if not line.startswith("#")]
    missing = [name for name in wanted if not installed(name)]
    if not missing:
        return True
    may_install = os.geteuid() == 0 and shutil.which("apt-get") is not None
    if may_install:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        step(3, "package lists of Debian", ["apt-get", "update", "-q"], environment)
        command = ["apt-get", "install", "-q", "-y", "--no-install-recommends", *missing]
        step(3, f"{len(missing)} Debian packages for libvirt", command, environment)
        return True
    if required:
        raise MissingError(f"Debian packages; as root: apt-get install --no-install-recommends {' '.join(missing)}")
    print(f"libvirt is left out: not root, and these Debian packages are missing: {' '.join(missing)}")
    return False


def installed(package: str) -> bool:
    """Tell whether dpkg knows the package as installed."""
    if shutil.which("dpkg-query") is None:
        return False
    query = ["dpkg-query", "-W", "-f", "${Status}", package]
    return "ok installed" in subprocess.run(query, capture_output=True, text=True, check=False).stdout


def step(number: int, what: str, command: list[str], environment: dict[str, str] | None = None) -> None:
    """Run one command quietly behind a progress line."""
    LOG.parent.mkdir(exist_ok=True)
    print(f"[{number}/{STEPS}] {what} ...", end="", flush=True)
    began = time.monotonic()
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(command)}\n")
        log.flush()
        code = subprocess.run(command, stdout=log, stderr=log, env=environment, cwd=ROOT, check=False).returncode
    print(f" {time.monotonic() - began:.0f} s" if code == 0 else " failed")
    if code != 0:
        tail = "\n".join(LOG.read_text().splitlines()[-15:])
        raise MissingError(f"{what}: the command ended with {code}. The end of {LOG.relative_to(ROOT)}:\n{tail}")


if __name__ == "__main__":
    sys.exit(main())

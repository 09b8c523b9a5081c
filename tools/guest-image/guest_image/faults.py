"""What can go wrong while the guest image is built, in words that say what to do."""

import subprocess
from collections.abc import Sequence
from pathlib import Path


class BuildError(Exception):
    """The image cannot be built here; the message says what is missing and how to get it."""


def run(argv: Sequence[str | Path], *, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """Run one program and return what it printed.

    Raises:
        BuildError: The program is not installed, or it failed; with the end of what it said.
    """
    command = [str(word) for word in argv]
    try:
        done = subprocess.run(command, cwd=cwd, env=env, check=False, capture_output=True, text=True)
    except FileNotFoundError as missing:
        raise BuildError(f"{command[0]} is not installed; see tools/libvirt-lab/debian-packages.txt") from missing
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()[-5:]
        raise BuildError(f"{Path(command[0]).name} failed with {done.returncode}: {' / '.join(said) or 'no message'}")
    return done.stdout

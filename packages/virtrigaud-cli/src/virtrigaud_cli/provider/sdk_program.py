"""The scaffold of the SDK as a program: which Python runs it, and what to do where that has no SDK.

The command line imports no SDK: a provider's project has its own, of the version that it was written for.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from virtrigaud_cli.failure import CommandFailed

SDK: Final = "virtrigaud_provider_sdk"
_HAS_SDK: Final = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({SDK!r}) is None)"


def this_python() -> Path:
    """Return the Python that runs `vrtg`."""
    return Path(sys.executable)


def python_of_project(folder: Path) -> Path:
    """Return the Python of a project's own environment, or the one that runs `vrtg`."""
    own = folder / ".venv" / "bin" / "python"
    return own if own.is_file() else this_python()


def run_scaffold(python: Path, arguments: Sequence[str]) -> int:
    """Run the scaffold with our own input and output; return its exit status.

    Raises:
        CommandFailed: That Python does not start, or has no SDK.
    """
    try:
        has_sdk = subprocess.run([python, "-c", _HAS_SDK], check=False).returncode == 0  # noqa: S603 - no shell
    except OSError as error:
        raise CommandFailed(
            f"{python} does not start: {error.strerror}", advice="name another one with --python"
        ) from error
    if not has_sdk:
        raise CommandFailed(
            f"{python} has no provider SDK",
            advice="pip install 'virtrigaud-cli[provider]', or in a provider's project: uv sync",
        )
    return subprocess.run([python, "-m", f"{SDK}.scaffold", *arguments], check=False).returncode  # noqa: S603

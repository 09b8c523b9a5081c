"""The supervisor of a local system as a process: `python -m virtrigaud_cli.local STATE`, started by `vrtg up`."""

import asyncio
import sys
from pathlib import Path

from virtrigaud_cli import process_log
from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.local.local_state import LocalState
from virtrigaud_cli.local.system import run_system


def main() -> None:
    """Run the system in the folder that is named as the one argument."""
    process_log.configure()
    try:
        asyncio.run(run_system(LocalState(Path(sys.argv[1]))))
    except CommandFailed as failure:
        sys.exit(f"{failure.message}\n{failure.advice}".strip())


if __name__ == "__main__":
    main()

"""`vrtg logs`: what a part of the local system or a provider said, its end or all that comes.

Called by the application.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from virtrigaud_api.v1beta1.provider_names import provider_service_name

from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.local.local_state import LocalState
from virtrigaud_cli.local.starting import last_lines
from virtrigaud_cli.podrunner.runner_folders import provider_log_name

LINES_SHOWN: Final = 40
POLL_SECONDS: Final = 0.1


def log_lines(state: LocalState, what: str) -> list[str]:
    """The end of a log."""
    return last_lines(_log_file(state, what), LINES_SHOWN)


def follow_log(state: LocalState, what: str) -> Iterator[str]:
    """The end of a log, then every further line."""
    path = _log_file(state, what)
    with path.open(encoding="utf-8", errors="replace") as log:
        yield from last_lines(path, LINES_SHOWN)
        log.seek(0, 2)
        while True:
            line = log.readline()
            if line:
                yield line.rstrip("\n")
            else:
                time.sleep(POLL_SECONDS)


def _log_file(state: LocalState, what: str) -> Path:
    """The file of a part (`manager`) or of a Provider (`default/lab`).

    Raises:
        CommandFailed: there is none; the message lists those that there are.
    """
    namespace, slash, provider = what.partition("/")
    name = provider_log_name(namespace, provider_service_name(namespace, provider)) if slash else f"{what}.log"
    path = state.logs / name
    if path.parent != state.logs or not path.is_file():
        there_are = ", ".join(sorted(log.stem for log in state.logs.glob("*.log"))) or "none"
        raise CommandFailed(f"there is no log of {what!r} in {state.logs}", advice=f"there are: {there_are}")
    return path

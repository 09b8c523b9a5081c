"""Which kubeconfig a command uses: --kubeconfig, then KUBECONFIG, then the local system's, then ~/.kube/config.

Called by the commands before they connect.
"""

import os
from pathlib import Path

from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.kube.connection import Connection, read_connection


def chosen_kubeconfig(given: Path | None, local: Path) -> Path:
    """The first of the candidates that exists (a given one is taken by its word).

    Raises:
        CommandFailed: there is none.
    """
    if given is not None:
        return given
    from_environment = [Path(piece) for piece in os.environ.get("KUBECONFIG", "").split(os.pathsep) if piece]
    candidates = [*from_environment, local, Path.home() / ".kube" / "config"]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise CommandFailed(
        "there is no cluster to ask: no kubeconfig in " + ", ".join(map(str, candidates)),
        advice="vrtg up starts a local one; --kubeconfig FILE names another",
    )


def connect(given: Path | None, local: Path, *, context: str = "") -> Connection:
    """Read the chosen kubeconfig."""
    return read_connection(chosen_kubeconfig(given, local), context=context)

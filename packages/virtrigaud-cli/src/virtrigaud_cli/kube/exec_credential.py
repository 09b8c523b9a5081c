"""Credentials that a kubeconfig gets from a plugin program (client.authentication.k8s.io).

Called by `connection`. The protocol is the `ExecCredential` of the Kubernetes reference: the plugin prints
one JSON document with a token, a client certificate, or both.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from virtrigaud_cli.failure import CommandFailed

PLUGIN_DEADLINE_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class ExecCredential:
    """Who we are at an API server: a token, a certificate with its key, both or nothing."""

    token: str = field(default="", repr=False)
    certificate: bytes = b""
    key: bytes = field(default=b"", repr=False)


def credential_from_plugin(plugin: Mapping[str, Any], *, folder: Path) -> ExecCredential:
    """Run the plugin and read what it prints.

    Raises:
        CommandFailed: it is not installed, fails, or prints something else.
    """
    command = str(plugin.get("command") or "")
    program = str(folder / command) if "/" in command else command
    environment = os.environ | {str(entry["name"]): str(entry["value"]) for entry in plugin.get("env") or ()}
    request = {"apiVersion": plugin.get("apiVersion"), "kind": "ExecCredential", "spec": {"interactive": False}}
    try:
        finished = subprocess.run(  # noqa: S603
            [program, *map(str, plugin.get("args") or ())],
            env=environment | {"KUBERNETES_EXEC_INFO": json.dumps(request)},
            stdout=subprocess.PIPE,
            timeout=PLUGIN_DEADLINE_SECONDS,
            check=True,
        )
        status = json.loads(finished.stdout)["status"]
    except FileNotFoundError as error:
        hint = str(plugin.get("installHint") or f"install {command}, or use another kubeconfig")
        raise CommandFailed(
            f"the credential plugin {command} of the kubeconfig is not installed", advice=hint
        ) from error
    except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
        raise CommandFailed(f"the kubeconfig's credential plugin {command} gave no credential") from error
    return ExecCredential(
        token=str(status.get("token") or ""),
        certificate=str(status.get("clientCertificateData") or "").encode(),
        key=str(status.get("clientKeyData") or "").encode(),
    )

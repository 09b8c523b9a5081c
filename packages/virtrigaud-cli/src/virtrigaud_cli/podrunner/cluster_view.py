"""What the pod runner can look up while it prepares a pod: Secrets, ConfigMaps and Services, as last seen.

Filled by the reflectors of `runner`; read by `environment`, `volumes` and `pod`.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from virtrigaud_cli.kube.reflector import Key


class NotYet(Exception):
    """The pod can't start now; its status says this reason and message, and a change is waited for."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True, slots=True)
class ClusterView:
    """Live mappings of the kinds that a pod reads, by namespace and name."""

    secrets: Mapping[Key, Mapping[str, Any]]
    config_maps: Mapping[Key, Mapping[str, Any]]
    services: Mapping[Key, Mapping[str, Any]]

    def secret(self, namespace: str, name: str) -> Mapping[str, bytes] | None:
        """The decoded contents of a Secret; None when it does not exist."""
        document = self.secrets.get((namespace, name))
        return None if document is None else _decoded(document.get("data") or {})

    def config_map(self, namespace: str, name: str) -> Mapping[str, bytes] | None:
        """The contents of a ConfigMap; None when it does not exist."""
        document = self.config_maps.get((namespace, name))
        if document is None:
            return None
        text = {key: str(value).encode() for key, value in (document.get("data") or {}).items()}
        return text | dict(_decoded(document.get("binaryData") or {}))

    def service_address(self, namespace: str, name: str) -> str:
        """The ClusterIP of a Service.

        Raises:
            NotYet: there is no such Service, or it has no address.
        """
        document = self.services.get((namespace, name))
        address = str((document or {}).get("spec", {}).get("clusterIP") or "")
        if address in {"", "None"}:
            raise NotYet("ContainerCreating", f"waiting for Service {namespace}/{name} to have a ClusterIP")
        return address


def _decoded(data: Mapping[str, str]) -> Mapping[str, bytes]:
    decoded = {}
    for key, value in data.items():
        try:
            decoded[key] = base64.b64decode(value)
        except binascii.Error:
            decoded[key] = b""
    return decoded

"""A client of the embedded API server: it creates and replaces objects, and tells why they were refused."""

import http.client
import itertools
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from virtrigaud_api.crd.custom_resource import custom_resource_definition
from virtrigaud_api.v1beta1 import KINDS
from virtrigaud_localkube import LocalKubeProcess

Document = Mapping[str, Any]

KIND_OF = {kind.names.kind: kind for kind in KINDS}
_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason for which the server refused an object: the field, and what it said."""

    field: str
    message: str


class EmbeddedApi:
    """A server that knows all kinds, and a namespace to work in."""

    def __init__(self, server: LocalKubeProcess) -> None:
        address = urlsplit(server.url)
        context = ssl.create_default_context(cafile=str(server.ca_path))
        self._connection = http.client.HTTPSConnection(
            address.hostname or "", address.port, context=context, timeout=30
        )
        self._headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
        self._numbers = itertools.count(1)

    def define_kinds(self) -> None:
        """Make all kinds known to the server."""
        for kind in KINDS:
            status, answer = self.request("POST", _DEFINITIONS, custom_resource_definition(kind))
            assert status == http.client.CREATED, answer

    def request(self, method: str, path: str, body: Document | None = None) -> tuple[int, Any]:
        """Send one request, and return status and document."""
        sent = None if body is None else json.dumps(body)
        self._connection.request(method, path, sent, self._headers)
        response = self._connection.getresponse()
        return response.status, json.loads(response.read())

    def refusals(self, kind: str, spec: Document, before: Document | None = None) -> list[Refusal]:
        """Try to create an object, or to change one that was made with `before`, its spec and perhaps its status."""
        name = f"tried-{next(self._numbers)}"
        if before is None:
            return _refusals(self.request("POST", _path(kind), _object(kind, name, spec)))
        status, made = self.request("POST", _path(kind), _object(kind, name, before["spec"]))
        assert status == http.client.CREATED, made
        if "status" in before:
            status, made = self.request("PUT", f"{_path(kind, name)}/status", {**made, "status": before["status"]})
            assert status == http.client.OK, made
        return _refusals(self.request("PUT", _path(kind, name), {**made, "spec": spec}))


def _object(kind: str, name: str, spec: Document) -> dict[str, Any]:
    frame = {"apiVersion": "infra.virtrigaud.io/v1beta1", "kind": kind, "metadata": {"name": name}}
    return {**frame, "spec": spec}


def _path(kind: str, name: str = "") -> str:
    plural = KIND_OF[kind].names.plural
    return f"/apis/infra.virtrigaud.io/v1beta1/namespaces/default/{plural}" + (f"/{name}" if name else "")


def _refusals(answer: tuple[int, Any]) -> list[Refusal]:
    status, document = answer
    if status in (http.client.OK, http.client.CREATED):
        return []
    assert status == _UNPROCESSABLE, document
    return [Refusal(cause["field"], cause["message"]) for cause in document["details"]["causes"]]

"""A plain HTTP client for the tests: it hides nothing of what the server answers."""

import base64
import http.client
import json
import os
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import yaml

JSON = "application/json"
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
GROUP = "conformance.example.com"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answered."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def name(self) -> str:
        return str(self.body["metadata"]["name"])

    @property
    def version(self) -> str:
        return str(self.body["metadata"]["resourceVersion"])

    @property
    def names(self) -> list[str]:
        return [item["metadata"]["name"] for item in self.body["items"]]

    @property
    def reason(self) -> tuple[int, str]:
        return self.status, self.body["reason"]

    @property
    def fields(self) -> list[str]:
        """The fields that a refusal names."""
        return [cause["field"] for cause in self.body["details"]["causes"]]


class Client:
    """Talks to one server over one connection."""

    def __init__(self, url: str, context: ssl.SSLContext | None, token: str) -> None:
        self._address = urlsplit(url)
        self._context = context
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._connection: http.client.HTTPConnection | None = None

    @classmethod
    def from_kubeconfig(cls, path: Path) -> "Client":
        config = yaml.safe_load(path.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        context = None
        if cluster["server"].startswith("https"):
            authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
            context = ssl.create_default_context(cadata=authority)
            if "client-certificate-data" in user:
                _load_client_certificate(context, user)
        return cls(cluster["server"], context, user.get("token", ""))

    def with_token(self, token: str) -> "Client":
        """A client of the same server with another proof."""
        return Client(self._address.geturl(), self._context, token)

    def acting_as(self, user: str, *groups: str) -> "Client":
        """A client of the same server that acts as somebody else."""
        other = Client(self._address.geturl(), self._context, "")
        impersonation = {"Impersonate-User": user} | ({"Impersonate-Group": groups[0]} if groups else {})
        other._headers = self._headers | impersonation
        return other

    def connect(self, timeout: float = 30) -> http.client.HTTPConnection:
        host, port = self._address.hostname or "", self._address.port
        if self._context:
            return http.client.HTTPSConnection(host, port, context=self._context, timeout=timeout)
        return http.client.HTTPConnection(host, port, timeout=timeout)

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content_type: str = JSON,
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
    ) -> Answer:
        encoded = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        sent = self._headers | (headers or {})
        if encoded is not None:
            sent["Content-Type"] = content_type
        if self._connection is None:
            self._connection = self.connect()
        target = f"{path}?{urlencode(query)}" if query else path
        try:
            self._connection.request(method, target, encoded, sent)
            response = self._connection.getresponse()
            raw = response.read()
        except (http.client.HTTPException, OSError):
            self._connection.close()
            self._connection = None
            raise
        is_json = bool(raw) and response.headers.get_content_type() == JSON
        return Answer(response.status, json.loads(raw) if is_json else raw.decode(), dict(response.headers))

    def get(self, path: str, **query: str) -> Answer:
        return self.request("GET", path, query=query)

    def post(self, path: str, body: Any, **query: str) -> Answer:
        return self.request("POST", path, body, query=query)

    def made(self, path: str, body: Any) -> Answer:
        """Creates an object that the test needs."""
        answer = self.post(path, body)
        assert answer.status == 201, answer.body
        return answer

    def put(self, path: str, body: Any, **query: str) -> Answer:
        return self.request("PUT", path, body, query=query)

    def patch(self, path: str, body: Any, content_type: str = MERGE_PATCH, **query: str) -> Answer:
        return self.request("PATCH", path, body, content_type=content_type, query=query)

    def apply(self, path: str, body: Any, manager: str, **query: str) -> Answer:
        return self.patch(path, body, APPLY_PATCH, fieldManager=manager, **query)

    def delete(self, path: str, body: Any = None, **query: str) -> Answer:
        return self.request("DELETE", path, body, query=query)

    @contextmanager
    def watch(self, path: str, *, accept: str = JSON, **query: str) -> Iterator[Iterator[Any]]:
        """Opens a watch; its events can be taken one by one while the test acts."""
        connection = self.connect()
        try:
            query = {"watch": "true", "timeoutSeconds": "20"} | query
            connection.request("GET", f"{path}?{urlencode(query)}", headers=self._headers | {"Accept": accept})
            response = connection.getresponse()
            assert response.status == 200, response.read()
            yield (json.loads(line) for line in response)
        finally:
            connection.close()


def _load_client_certificate(context: ssl.SSLContext, user: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        pair = [Path(directory) / "certificate", Path(directory) / "key"]
        for file, field in zip(pair, ("client-certificate-data", "client-key-data"), strict=True):
            file.touch(0o600)
            file.write_bytes(base64.b64decode(user[field]))
        context.load_cert_chain(*map(os.fspath, pair))


def take(events: Iterator[Any], count: int) -> list[tuple[str, str]]:
    """The next events as type and name."""
    taken = []
    for _ in range(count):
        event = next(events)
        taken.append((event["type"], event["object"]["metadata"].get("name", "")))
    return taken


def eventually(check: Callable[[], bool], seconds: float = 10) -> None:
    """Waits until something holds."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def config_map(name: str, data: dict[str, str] | None = None, **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, **metadata},
        "data": data if data is not None else {"a": "1"},
    }


def gadget(name: str, spec: dict[str, Any] | None = None, **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": f"{GROUP}/v1",
        "kind": "Gadget",
        "metadata": {"name": name, **metadata},
        "spec": {"size": 2, "limit": "1Gi", **(spec or {})},
    }


GADGET_SPEC: dict[str, Any] = {
    "type": "object",
    "required": ["size", "limit"],
    "x-kubernetes-validations": [
        {"rule": "self.size <= 64 || self.maker == 'big'", "message": "only big makers exceed 64"},
        {"rule": "self.maker == oldSelf.maker", "message": "maker is immutable"},
    ],
    "properties": {
        "size": {"type": "integer", "minimum": 1, "maximum": 256},
        "limit": {"x-kubernetes-int-or-string": True},
        "maker": {"type": "string", "enum": ["small", "medium", "big"], "default": "small"},
        "power": {"type": "string", "default": "On"},
        "replicas": {"type": "integer", "default": 1},
        "host": {"type": "string", "pattern": "^[a-z][a-z0-9-]*$", "maxLength": 20},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "when": {"type": "string", "format": "date-time"},
        "tags": {"type": "object", "additionalProperties": {"type": "string"}},
        "flags": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
        "disks": {
            "type": "array",
            "maxItems": 4,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string"}, "gib": {"type": "integer", "default": 10}},
            },
        },
    },
}
GADGET_STATUS: dict[str, Any] = {
    "type": "object",
    "properties": {"phase": {"type": "string"}, "replicas": {"type": "integer"}},
}


def definition(plural: str = "gadgets", kind: str = "Gadget", schema: dict[str, Any] | None = None) -> dict[str, Any]:
    """A definition that uses what a definition can."""
    properties = {"spec": GADGET_SPEC, "status": GADGET_STATUS}
    served = {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {
            "status": {},
            "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"},
        },
        "selectableFields": [{"jsonPath": ".spec.maker"}],
        "additionalPrinterColumns": [
            {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
            {"name": "Phase", "type": "string", "jsonPath": ".status.phase"},
        ],
        "schema": {"openAPIV3Schema": schema or {"type": "object", "required": ["spec"], "properties": properties}},
    }
    free = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    older = {"name": "v1beta1", "served": True, "storage": False, "schema": {"openAPIV3Schema": free}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {"plural": plural, "kind": kind, "shortNames": [plural[:3]], "categories": ["all"]},
            "versions": [served, older],
        },
    }


DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def config_maps(namespace: str, name: str = "") -> str:
    return f"/api/v1/namespaces/{namespace}/configmaps{'/' + name if name else ''}"


def gadgets(namespace: str, name: str = "", version: str = "v1") -> str:
    return f"/apis/{GROUP}/{version}/namespaces/{namespace}/gadgets{'/' + name if name else ''}"

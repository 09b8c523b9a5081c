"""The API server for commands: one request after the other, on the standard library.

Used by `local`, `reading`, `certificates` and the demo, which must start in a fraction of a second. The pod
runner, which watches many things at once, uses `streaming`.
"""

import http.client
import json
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.kube.api_refusal import refusal_from_answer
from virtrigaud_cli.kube.connection import Connection
from virtrigaud_cli.kube.resources import Resource

Document = dict[str, Any]
APPLY_PATCH: Final = "application/apply-patch+yaml"
JSON: Final = "application/json"
TABLE: Final = "application/json;as=Table;v=v1;g=meta.k8s.io"
FIELD_MANAGER: Final = "vrtg"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which objects of a collection, and whether as objects or as the rows that the server prints."""

    name: str = ""
    involved: str = ""
    as_table: bool = False

    @property
    def query(self) -> dict[str, str]:
        """The query parameters."""
        by_name = {"fieldSelector": f"metadata.name={self.name}"} if self.name else {}
        by_involved = {"fieldSelector": f"involvedObject.uid={self.involved}"} if self.involved else {}
        return by_name | by_involved

    @property
    def accept(self) -> str:
        """The media type asked for."""
        return TABLE if self.as_table else JSON


EVERYTHING: Final = Selection()


@dataclass(frozen=True, slots=True)
class BlockingApi:
    """An API server, asked one thing at a time."""

    connection: Connection
    deadline_seconds: float = 15

    def document(self, path: str, *, doing: str) -> Document:
        """Read what is at a path, such as a list of kinds."""
        return self._answer("GET", path, doing=doing)

    def get(self, resource: Resource, namespace: str, name: str) -> Document:
        """Read one object."""
        return self._answer(
            "GET", resource.path(namespace, name), doing=f"read {resource.kind} {_full_name(namespace, name)}"
        )

    def list(self, resource: Resource, namespace: str = "", *, selection: Selection = EVERYTHING) -> Document:
        """Read a collection, of one namespace or of all."""
        path = _with(resource.path(namespace), selection.query)
        return self._answer("GET", path, accept=selection.accept, doing=f"list {resource.plural}")

    def apply(self, resource: Resource, document: Mapping[str, Any]) -> Document:
        """Create or update an object by server-side apply."""
        metadata = document["metadata"]
        path = resource.path(str(metadata.get("namespace") or ""), str(metadata["name"]))
        return self._answer(
            "PATCH",
            _with(path, {"fieldManager": FIELD_MANAGER, "force": "true"}),
            body=(APPLY_PATCH, json.dumps(document).encode()),
            doing=f"apply {resource.kind} {metadata['name']}",
        )

    def delete(self, resource: Resource, namespace: str, name: str) -> None:
        """Ask for the deletion of an object; finalizers decide when it is gone."""
        self._answer(
            "DELETE", resource.path(namespace, name), doing=f"delete {resource.kind} {_full_name(namespace, name)}"
        )

    def is_ready(self) -> bool:
        """Whether the server answers and says that it is ready."""
        try:
            return self._raw("GET", "/readyz", None, "*/*")[0] == HTTPStatus.OK
        except CommandFailed:
            return False

    def watch(
        self, resource: Resource, namespace: str, *, since: str, selection: Selection = EVERYTHING
    ) -> Iterator[tuple[str, Document]]:
        """Follow a collection: (ADDED | MODIFIED | DELETED | BOOKMARK | ERROR, object) until the server ends it."""
        query = {"watch": "true", "resourceVersion": since, **selection.query}
        with closing(self._open(timeout=None)) as channel:
            path = _with(resource.path(namespace), query)
            response = self._request(channel, "GET", path, None, selection.accept)
            if response.status != HTTPStatus.OK:
                raise refusal_from_answer(f"watch {resource.plural}", response.status, response.read())
            while line := response.readline():
                event = json.loads(line)
                yield event["type"], event["object"]

    def _answer(
        self, method: str, path: str, *, body: tuple[str, bytes] | None = None, accept: str = JSON, doing: str
    ) -> Document:
        status, answer = self._raw(method, path, body, accept)
        if status >= HTTPStatus.BAD_REQUEST:
            raise refusal_from_answer(doing, status, answer)
        document: Document = json.loads(answer)
        return document

    def _raw(self, method: str, path: str, body: tuple[str, bytes] | None, accept: str) -> tuple[int, bytes]:
        with closing(self._open(timeout=self.deadline_seconds)) as channel:
            response = self._request(channel, method, path, body, accept)
            try:
                return response.status, response.read()
            except (OSError, http.client.HTTPException) as error:
                raise self._unreachable(error) from error

    def _open(self, *, timeout: float | None) -> http.client.HTTPConnection:
        address = urllib.parse.urlsplit(self.connection.server)
        if self.connection.tls is None:
            return http.client.HTTPConnection(address.hostname or "", address.port, timeout=timeout)
        return http.client.HTTPSConnection(
            address.hostname or "", address.port, timeout=timeout, context=self.connection.tls
        )

    def _request(
        self, channel: http.client.HTTPConnection, method: str, path: str, body: tuple[str, bytes] | None, accept: str
    ) -> http.client.HTTPResponse:
        headers = self.connection.headers | {"Accept": accept} | ({"Content-Type": body[0]} if body else {})
        prefix = urllib.parse.urlsplit(self.connection.server).path
        try:
            channel.request(method, prefix + path, body=body[1] if body else None, headers=headers)
            return channel.getresponse()
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(error) from error

    def _unreachable(self, error: Exception) -> CommandFailed:
        return CommandFailed(
            f"the API server at {self.connection.server} does not answer: {error}",
            advice="vrtg status says whether the local system runs; vrtg up starts it",
        )


def _full_name(namespace: str, name: str) -> str:
    return f"{namespace}/{name}" if namespace else name


def _with(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urllib.parse.urlencode(query)}" if query else path

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
MERGE_PATCH: Final = "application/merge-patch+json"
APPLY_PATCH: Final = "application/apply-patch+yaml"
FIELD_MANAGER: Final = "vrtg"


@dataclass(frozen=True, slots=True)
class BlockingApi:
    """An API server, asked one thing at a time."""

    connection: Connection
    deadline_seconds: float = 15

    def get(self, resource: Resource, namespace: str, name: str) -> Document:
        """Read one object."""
        return self._answer("GET", resource.path(namespace, name), doing=f"read {resource.kind} {namespace}/{name}")

    def list(self, resource: Resource, namespace: str = "", *, field_selector: str = "") -> Document:
        """Read a whole collection, of one namespace or of all."""
        query = {"fieldSelector": field_selector} if field_selector else {}
        return self._answer("GET", _with(resource.path(namespace), query), doing=f"list {resource.plural}")

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

    def is_ready(self) -> bool:
        """Whether the server answers and says that it is ready."""
        try:
            return self._raw("GET", "/readyz", None)[0] == HTTPStatus.OK
        except CommandFailed:
            return False

    def watch(
        self, resource: Resource, namespace: str, *, since: str, field_selector: str = ""
    ) -> Iterator[tuple[str, Document]]:
        """Follow a collection: (ADDED | MODIFIED | DELETED | BOOKMARK | ERROR, object) until the server ends it."""
        query = {"watch": "true", "resourceVersion": since, "allowWatchBookmarks": "true"}
        query |= {"fieldSelector": field_selector} if field_selector else {}
        with closing(self._open(timeout=None)) as channel:
            response = self._request(channel, "GET", _with(resource.path(namespace), query), None)
            if response.status != HTTPStatus.OK:
                raise refusal_from_answer(f"watch {resource.plural}", response.status, response.read())
            while line := response.readline():
                event = json.loads(line)
                yield event["type"], event["object"]

    def _answer(self, method: str, path: str, *, body: tuple[str, bytes] | None = None, doing: str) -> Document:
        status, answer = self._raw(method, path, body)
        if status >= HTTPStatus.BAD_REQUEST:
            raise refusal_from_answer(doing, status, answer)
        document: Document = json.loads(answer)
        return document

    def _raw(self, method: str, path: str, body: tuple[str, bytes] | None) -> tuple[int, bytes]:
        with closing(self._open(timeout=self.deadline_seconds)) as channel:
            response = self._request(channel, method, path, body)
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
        self, channel: http.client.HTTPConnection, method: str, path: str, body: tuple[str, bytes] | None
    ) -> http.client.HTTPResponse:
        headers = self.connection.headers | ({"Content-Type": body[0]} if body else {})
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


def _with(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urllib.parse.urlencode(query)}" if query else path

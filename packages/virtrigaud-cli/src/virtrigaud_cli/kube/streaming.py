"""The API server for the pod runner: asynchronous requests and watches over one aiohttp session.

Used by `podrunner`. Watching with resume and relist is `reflector`, built on this.
"""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import aiohttp

from virtrigaud_cli.kube.api_refusal import ApiRefusal, refusal_from_answer
from virtrigaud_cli.kube.connection import Connection
from virtrigaud_cli.kube.resources import Resource

Document = dict[str, Any]
MERGE_PATCH: Final = {"Content-Type": "application/merge-patch+json"}
JSON_BODY: Final = {"Content-Type": "application/json"}
REQUEST_DEADLINE: Final = aiohttp.ClientTimeout(total=30)
# A watch without an event for this long is asked to end by the server, so that a dead peer is noticed.
WATCH_SECONDS: Final = 240
WATCH_DEADLINE: Final = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=WATCH_SECONDS + 30)
LARGEST_OBJECT_BYTES: Final = 16 * 2**20


@dataclass(frozen=True, slots=True)
class WatchEvent:
    """One line of a watch."""

    type: str
    document: Document


class StreamingApi:
    """An API server, asked many things at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._session = aiohttp.ClientSession(
            headers=connection.headers,
            connector=aiohttp.TCPConnector(ssl=connection.tls if connection.tls is not None else True),
            read_bufsize=LARGEST_OBJECT_BYTES,
            trust_env=False,
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()

    async def list(self, resource: Resource, *, label_selector: str = "") -> Document:
        """Read a collection of all namespaces."""
        query = {"labelSelector": label_selector} if label_selector else {}
        return await self._answer("GET", resource.path(), query=query, doing=f"list {resource.plural}")

    async def create(self, resource: Resource, document: Mapping[str, Any]) -> Document:
        """Create an object."""
        metadata = document["metadata"]
        path = resource.path(str(metadata.get("namespace") or ""))
        return await self._answer("POST", path, body=document, doing=f"create {resource.kind} {metadata['name']}")

    async def patch(
        self, resource: Resource, namespace: str, name: str, body: Mapping[str, Any], *, part: str = ""
    ) -> Document:
        """Merge a patch into an object or into its status."""
        path = resource.path(namespace, name, part=part)
        return await self._answer(
            "PATCH", path, body=body, headers=MERGE_PATCH, doing=f"update {resource.kind} {namespace}/{name}"
        )

    async def delete(self, resource: Resource, namespace: str, name: str, *, uid: str = "") -> None:
        """Delete an object (only the one with that uid); one that is gone already is fine."""
        options: Document = {"gracePeriodSeconds": 0}
        if uid:
            options["preconditions"] = {"uid": uid}
        try:
            await self._answer(
                "DELETE", resource.path(namespace, name), body=options, doing=f"delete {resource.kind} {name}"
            )
        except ApiRefusal as refusal:
            if not (refusal.is_absent or refusal.is_conflict):
                raise

    async def watch(self, resource: Resource, *, since: str, label_selector: str = "") -> AsyncIterator[WatchEvent]:
        """Follow a collection of all namespaces until the server ends the stream.

        Raises:
            ApiRefusal: with `is_expired` when the version is too old.
        """
        query = {"watch": "true", "resourceVersion": since, "allowWatchBookmarks": "true"}
        query |= {"timeoutSeconds": str(WATCH_SECONDS)}
        query |= {"labelSelector": label_selector} if label_selector else {}
        url = self._connection.server + resource.path()
        async with self._session.get(url, params=query, timeout=WATCH_DEADLINE) as response:
            if response.status != HTTPStatus.OK:
                raise refusal_from_answer(f"watch {resource.plural}", response.status, await response.read())
            async for line in response.content:
                event = json.loads(line)
                if event["type"] == "ERROR":
                    status = event["object"]
                    raise refusal_from_answer(
                        f"watch {resource.plural}", int(status.get("code") or 0), json.dumps(status).encode()
                    )
                yield WatchEvent(event["type"], event["object"])

    async def _answer(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] = JSON_BODY,
        doing: str,
    ) -> Document:
        async with self._session.request(
            method,
            self._connection.server + path,
            params=query,
            data=None if body is None else json.dumps(body).encode(),
            headers=headers if body is not None else None,
            timeout=REQUEST_DEADLINE,
        ) as response:
            answer = await response.read()
            if response.status >= HTTPStatus.BAD_REQUEST:
                raise refusal_from_answer(doing, response.status, answer)
            document: Document = json.loads(answer)
            return document

"""Objects that the manager reads and writes now and then, without watching them: plain documents by their resource.

Every manager may use it, also one that only stands by; what it writes is the same whoever writes it.
"""

from collections.abc import Mapping
from typing import Any, Final

import aiohttp

from virtrigaud_manager import metrics
from virtrigaud_manager.cluster.api_store import request
from virtrigaud_manager.cluster.paths import Resource
from virtrigaud_manager.cluster.store import FIELD_MANAGER, GoneError

_APPLY_PATCH: Final = {"Content-Type": "application/apply-patch+yaml"}


class PlainObjects:
    """Reads and writes documents."""

    def __init__(self, session: aiohttp.ClientSession, server: str) -> None:
        self._session = session
        self._server = server

    async def get(self, resource: Resource, name: str, namespace: str | None = None) -> dict[str, Any] | None:
        """Return an object; None when there is none.

        Raises:
            ClusterError: The API server can't be asked, or refuses.
        """
        try:
            return await self._ask("GET", resource, namespace, name)
        except GoneError:
            return None

    async def create(self, resource: Resource, document: Mapping[str, Any]) -> None:
        """Make an object.

        Raises:
            StaleError: There is one of that name.
        """
        await self._ask("POST", resource, document["metadata"].get("namespace"), "", document)

    async def replace(self, resource: Resource, document: Mapping[str, Any]) -> None:
        """Replace an object, unless it has changed since its resourceVersion.

        Raises:
            StaleError: It has.
            GoneError: There is none.
        """
        metadata = document["metadata"]
        await self._ask("PUT", resource, metadata.get("namespace"), metadata["name"], document)

    async def apply(self, resource: Resource, document: Mapping[str, Any]) -> None:
        """Make an object what the manifest says, by server-side apply."""
        metadata = document["metadata"]
        name = f"{metadata['name']}?fieldManager={FIELD_MANAGER}&force=true"
        await self._ask("PATCH", resource, metadata.get("namespace"), name, document)

    async def delete(self, resource: Resource, name: str) -> None:
        """Delete an object of no namespace; one that is gone is left alone."""
        try:
            await self._ask("DELETE", resource, None, name)
        except GoneError:
            return

    async def _ask(
        self, method: str, resource: Resource, namespace: str | None, name: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        if method != "GET":
            metrics.wrote(method, resource.kind)
        headers = _APPLY_PATCH if method == "PATCH" else None
        url = f"{self._server}{resource.collection(namespace)}{f'/{name}' if name else ''}"
        return await request(self._session, method, url, body=body, headers=headers)

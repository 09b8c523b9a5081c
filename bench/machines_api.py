"""VirtualMachines through the API server, as a user of it: create, patch, watch. Shared by the benchmarks."""

import asyncio
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import yaml

API_VERSION = "infra.virtrigaud.io/v1beta1"
PATH = f"/apis/{API_VERSION}/namespaces/default/virtualmachines"
MERGE = {"Content-Type": "application/merge-patch+json"}
AT_A_TIME = 32
LONGEST_EVENT_BYTES = 2**22


class MachinesApi:
    """The machines of the namespace `default`."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def create(self, name: str, provider: str) -> None:
        """Create one VirtualMachine."""
        manifest = {
            "apiVersion": API_VERSION,
            "kind": "VirtualMachine",
            "metadata": {"name": name},
            "spec": {"providerRef": {"name": provider}, "classRef": {"name": "small"}, "imageRef": {"name": "guest"}},
        }
        async with self._session.post(PATH, json=manifest) as response:
            response.raise_for_status()

    async def create_all(self, names: Iterable[str], provider: str) -> None:
        """Create many, some at a time."""
        left = iter(names)

        async def work() -> None:
            for name in left:
                await self.create(name, provider)

        await asyncio.gather(*(work() for _ in range(AT_A_TIME)))

    async def patch(self, name: str, spec: Mapping[str, Any]) -> None:
        """Change the spec of one."""
        async with self._session.patch(f"{PATH}/{name}", json={"spec": spec}, headers=MERGE) as response:
            response.raise_for_status()

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """Yield the events of one long watch from now on."""
        async with self._session.get(PATH, params={"watch": "1", "timeoutSeconds": "3600"}) as response:
            async for line in response.content:
                yield orjson.loads(line)


def connect(kubeconfig: Path) -> aiohttp.ClientSession:
    """Open a session to the API server with the kubeconfig's token and authority."""
    config = yaml.safe_load(kubeconfig.read_text())
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    context = ssl.create_default_context(cadata=b64decode(cluster["certificate-authority-data"]).decode())
    return aiohttp.ClientSession(
        base_url=cluster["server"],
        headers={"Authorization": f"Bearer {user['token']}"},
        connector=aiohttp.TCPConnector(ssl=context, limit=0),
        timeout=aiohttp.ClientTimeout(total=None),
        read_bufsize=LONGEST_EVENT_BYTES,
    )

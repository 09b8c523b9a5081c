import asyncio
import os
import random
import ssl
from pathlib import Path

import aiohttp
from localkube_client import Client, config_map, config_maps
from virtrigaud_localkube import LocalKube, LocalKubeProcess

ROUNDS = int(os.environ.get("LOCALKUBE_KILL_ROUNDS", "5"))
WRITERS = 8


class Ledger:
    """What the server acknowledged: objects with their versions, and the highest version that anybody saw."""

    def __init__(self) -> None:
        self.objects: dict[str, str] = {}
        self.deleted: set[str] = set()
        self.highest = 0

    def saw(self, version: str) -> None:
        self.highest = max(self.highest, int(version))


async def write_until_killed(session: aiohttp.ClientSession, ledger: Ledger, prefix: str) -> None:
    """Creates, changes and deletes objects until the connection breaks; only what was answered counts."""
    path = config_maps("default")
    for number in range(1_000_000):
        name = f"{prefix}-{number}"
        try:
            async with session.post(path, json=config_map(name)) as answer:
                assert answer.status == 201
                version = (await answer.json())["metadata"]["resourceVersion"]
            ledger.objects[name] = version
            ledger.saw(version)
            if number % 5 == 0:
                ledger.objects[name] = ""
                async with session.delete(f"{path}/{name}") as answer:
                    assert answer.status == 200
                del ledger.objects[name]
                ledger.deleted.add(name)
        except aiohttp.ClientError:
            return


async def watch_until_killed(session: aiohttp.ClientSession, ledger: Ledger) -> None:
    """Notes every version that a watcher is told."""
    try:
        async with session.get(config_maps("default"), params={"watch": "true"}) as events:
            async for line in events.content:
                ledger.saw(line.split(b'"resourceVersion":"', 1)[1].split(b'"', 1)[0].decode())
    except aiohttp.ClientError:
        return


async def load(server: LocalKubeProcess, ledger: Ledger, prefix: str, seconds: float) -> None:
    context = ssl.create_default_context(cafile=str(server.ca_path))
    headers = {"Authorization": f"Bearer {server.token}"}
    connector = aiohttp.TCPConnector(ssl=context)
    async with aiohttp.ClientSession(server.url, headers=headers, connector=connector) as session:
        writers = [write_until_killed(session, ledger, f"{prefix}-{number}") for number in range(WRITERS)]
        running = asyncio.gather(watch_until_killed(session, ledger), *writers)
        await asyncio.sleep(seconds)
        server.kill()
        await running


def test_a_killed_server_forgets_nothing_that_it_acknowledged(localkube: LocalKubeProcess) -> None:
    ledger = Ledger()
    chance = random.Random(20260101)  # noqa: S311 - the same moments in every run
    for number in range(ROUNDS):
        asyncio.run(load(localkube, ledger, f"round-{number}", chance.uniform(0.05, 0.6)))
        localkube.start()
        listed = Client.from_kubeconfig(localkube.kubeconfig).get(config_maps("default"))
        kept = {item["metadata"]["name"]: item["metadata"]["resourceVersion"] for item in listed.body["items"]}
        unanswered = {name for name, version in ledger.objects.items() if not version}
        acknowledged = {name: version for name, version in ledger.objects.items() if version}
        assert {name: kept.get(name) for name in acknowledged} == acknowledged
        assert ledger.deleted.isdisjoint(kept)
        assert int(listed.version) >= ledger.highest
        ledger.objects = {name: version for name, version in kept.items() if name not in unanswered}
        for name in unanswered & set(kept):
            Client.from_kubeconfig(localkube.kubeconfig).delete(config_maps("default", name))
    assert ledger.objects
    assert ledger.deleted


async def test_what_a_crash_interrupted_is_taken_up_again(
    tmp_path_factory: object, localkube: LocalKubeProcess
) -> None:
    api = Client.from_kubeconfig(localkube.kubeconfig)
    owner = api.made(config_maps("default"), config_map("owner")).body["metadata"]
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["uid"]}
    held = config_map(
        "held", ownerReferences=[reference | {"blockOwnerDeletion": True}], finalizers=["example.com/hold"]
    )
    api.made(config_maps("default"), held)
    api.delete(config_maps("default", "owner"), {"propagationPolicy": "Foreground"})
    localkube.kill()
    localkube.start()
    again = Client.from_kubeconfig(localkube.kubeconfig)
    assert again.get(config_maps("default", "owner")).body["metadata"]["finalizers"] == ["foregroundDeletion"]
    again.patch(config_maps("default", "held"), {"metadata": {"finalizers": None}})
    deadline = asyncio.get_running_loop().time() + 10
    while again.get(config_maps("default", "owner")).status != 404:
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.02)


async def test_services_keep_their_addresses_over_a_restart(tmp_path: Path) -> None:
    directory = tmp_path / "state"
    service = {"metadata": {"name": "one"}, "spec": {"ports": [{"port": 1}]}}
    path = "/api/v1/namespaces/default/services"
    async with LocalKube(directory) as kube:
        first = (await asyncio.to_thread(Client.from_kubeconfig(kube.kubeconfig_path).made, path, service)).body
    async with LocalKube(directory) as kube:
        api = Client.from_kubeconfig(kube.kubeconfig_path)
        assert (await asyncio.to_thread(api.get, f"{path}/one")).body == first
        other = {"metadata": {"name": "two"}, "spec": {"ports": [{"port": 1}], "clusterIP": first["spec"]["clusterIP"]}}
        assert (await asyncio.to_thread(api.post, path, other)).status == 422

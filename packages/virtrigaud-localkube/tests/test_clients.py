import asyncio
import os
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import lightkube
import pytest
from kubernetes import client as official
from kubernetes import config as official_config
from kubernetes import watch as official_watch
from kubernetes.aio import client as official_aio
from kubernetes.aio import config as official_aio_config
from lightkube.generic_resource import create_namespaced_resource
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.core_v1 import ConfigMap
from localkube_client import DEFINITIONS, GROUP, Client, config_map, definition, eventually, gadget, gadgets
from virtrigaud_localkube import LocalKubeProcess


@pytest.fixture
def core(kubeconfig: Path) -> Any:
    """The official client, whose methods take dictionaries though their types don't say so."""
    connected = official_config.new_client_from_config(str(kubeconfig))  # type: ignore[no-untyped-call]
    return official.CoreV1Api(connected)


@pytest.fixture
async def aio(kubeconfig: Path) -> AsyncIterator[official_aio.ApiClient]:
    """The asynchronous official client."""
    untyped: Any = official_aio_config
    async with await untyped.new_client_from_config(str(kubeconfig)) as connected:
        yield connected


def test_the_official_client_reads_and_writes(core: Any, ns: str) -> None:
    body = official.V1ConfigMap(metadata=official.V1ObjectMeta(name="one"), data={"a": "1"})
    created = core.create_namespaced_config_map(ns, body)
    created.data = {"a": "2"}
    assert core.replace_namespaced_config_map("one", ns, created).data == {"a": "2"}
    assert core.patch_namespaced_config_map("one", ns, {"data": {"b": "3"}}).data == {"a": "2", "b": "3"}
    assert [item.metadata.name for item in core.list_namespaced_config_map(ns).items] == ["one"]
    core.delete_namespaced_config_map("one", ns)
    with pytest.raises(official.ApiException) as refused:
        core.read_namespaced_config_map("one", ns)
    assert refused.value.status == 404


def test_the_official_client_watches(core: Any, ns: str) -> None:
    core.create_namespaced_config_map(ns, config_map("one"))
    seen = []
    watch: Any = official_watch.Watch()  # type: ignore[no-untyped-call]
    for event in watch.stream(core.list_namespaced_config_map, ns, timeout_seconds=20):
        seen.append((event["type"], event["object"].metadata.name))
        if len(seen) == 2:
            watch.stop()
        else:
            core.delete_namespaced_config_map("one", ns)
    assert seen == [("ADDED", "one"), ("DELETED", "one")]


async def test_the_asynchronous_client_patches_a_status(
    aio: official_aio.ApiClient, api: Client, ns: str, gadget_kind: str
) -> None:
    api.made(gadgets(ns), gadget("one"))
    custom: Any = official_aio.CustomObjectsApi(aio)
    patched = await custom.patch_namespaced_custom_object_status(
        GROUP, "v1", ns, "gadgets", "one", {"status": {"phase": "Up"}}, _content_type="application/merge-patch+json"
    )
    assert patched["status"] == {"phase": "Up"}
    listed = await custom.list_namespaced_custom_object(GROUP, "v1", ns, "gadgets")
    assert [item["metadata"]["name"] for item in listed["items"]] == ["one"]


async def test_many_concurrent_writers_lose_nothing(aio: official_aio.ApiClient, ns: str) -> None:
    core: Any = official_aio.CoreV1Api(aio)
    await core.create_namespaced_config_map(ns, config_map("shared", {}))

    async def add(number: int) -> None:
        patch: Any = {"data": {f"key-{number}": "x"}}
        await core.patch_namespaced_config_map("shared", ns, patch, _content_type="application/merge-patch+json")

    await asyncio.gather(*(add(number) for number in range(50)))
    shared = await core.read_namespaced_config_map("shared", ns)
    assert len(shared.data) == 50


def test_lightkube_reads_writes_watches_and_applies(kubeconfig: Path, ns: str, gadget_kind: str) -> None:
    connected = lightkube.Client(config=lightkube.KubeConfig.from_file(kubeconfig), namespace=ns, field_manager="test")
    made: Any = connected.create(ConfigMap(metadata=ObjectMeta(name="one"), data={"a": "1"}))
    assert connected.patch(ConfigMap, "one", {"data": {"b": "2"}}).data == {"a": "1", "b": "2"}
    events = connected.watch(ConfigMap, resource_version=made.metadata.resourceVersion)
    assert next(iter(events))[1].data == {"a": "1", "b": "2"}
    kind = create_namespaced_resource(GROUP, "v1", gadget_kind, "gadgets")
    applied = connected.apply(kind(metadata=ObjectMeta(name="one"), spec={"size": 3, "limit": "1Gi"}))
    assert applied.spec["maker"] == "small"
    listed: Any = list(connected.list(kind))
    assert [item.metadata.name for item in listed] == ["one"]
    connected.delete(ConfigMap, "one")
    with pytest.raises(lightkube.ApiError) as refused:
        connected.get(ConfigMap, "one")
    assert refused.value.status.code == 404


OPERATOR = """
    import kopf

    @kopf.on.event("gadgets")
    async def follow(type, name, body, patch, **_):
        print("seen", type, name, flush=True)
        if not body.get("status"):
            patch.status["phase"] = "Seen"

    @kopf.on.startup()
    def configure(settings, **_):
        settings.posting.enabled = False
"""


@contextmanager
def operator(kubeconfig: Path, directory: Path, ns: str) -> Iterator[Path]:
    """Runs the operator as a process; yields the file that has its output."""
    (directory / "operator.py").write_text(textwrap.dedent(OPERATOR))
    output = directory / "output"
    command = [sys.executable, "-m", "kopf", "run", "--namespace", ns, "--standalone", str(directory / "operator.py")]
    environment = os.environ | {"KUBECONFIG": str(kubeconfig), "HOME": str(directory)}
    with output.open("wb") as sink, subprocess.Popen(command, env=environment, stdout=sink, stderr=sink) as running:
        try:
            yield output
        finally:
            running.terminate()


def test_kopf_follows_a_kind(api: Client, ns: str, gadget_kind: str, kubeconfig: Path, tmp_path: Path) -> None:
    api.made(gadgets(ns), gadget("before"))
    with operator(kubeconfig, tmp_path, ns) as output:
        eventually(lambda: phase(api, ns, "before") == "Seen", seconds=30)
        api.made(gadgets(ns), gadget("after"))
        eventually(lambda: phase(api, ns, "after") == "Seen", seconds=30)
        api.delete(gadgets(ns, "after"))
        eventually(lambda: "seen DELETED after" in output.read_text(), seconds=30)
    assert "seen None before" in output.read_text()
    assert "Traceback" not in output.read_text()


def test_kopf_goes_on_after_a_crash_of_the_server(localkube: LocalKubeProcess, tmp_path: Path) -> None:
    first = Client.from_kubeconfig(localkube.kubeconfig)
    first.made(DEFINITIONS, definition())
    first.made(gadgets("default"), gadget("before"))
    with operator(localkube.kubeconfig, tmp_path, "default"):
        eventually(lambda: phase(first, "default", "before") == "Seen", seconds=30)
        localkube.kill()
        localkube.start()
        again = Client.from_kubeconfig(localkube.kubeconfig)
        again.made(gadgets("default"), gadget("after"))
        eventually(lambda: phase(again, "default", "after") == "Seen", seconds=60)


def phase(api: Client, ns: str, name: str) -> Any:
    return api.get(gadgets(ns, name)).body.get("status", {}).get("phase")

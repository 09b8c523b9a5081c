"""What the tests of the server share: one server for the conformance tests, a namespace of its own for each of them.

`LOCALKUBE_CONFORMANCE_KUBECONFIG` points the conformance tests at any other Kubernetes API server.
"""

import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from localkube_client import DEFINITIONS, GROUP, Client, definition, eventually
from virtrigaud_localkube import LocalKubeProcess

OTHER_SERVER = "LOCALKUBE_CONFORMANCE_KUBECONFIG"


@pytest.fixture(scope="session")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The kubeconfig of the server that the conformance tests are run against."""
    if other := os.environ.get(OTHER_SERVER):
        yield Path(other)
        return
    server = LocalKubeProcess(tmp_path_factory.mktemp("localkube") / "data")
    server.start()
    yield server.kubeconfig
    server.stop()
    assert "Traceback" not in server.log()


@pytest.fixture(scope="session")
def api(kubeconfig: Path) -> Client:
    """A client of that server."""
    return Client.from_kubeconfig(kubeconfig)


@pytest.fixture
def ns(api: Client) -> Iterator[str]:
    """A namespace that nobody else uses."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    api.made("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield name
    api.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture(scope="session")
def gadget_kind(api: Client) -> str:
    """The custom kind Gadget, defined and served."""
    api.post(DEFINITIONS, definition())
    eventually(lambda: api.get(f"/apis/{GROUP}/v1/gadgets").status == 200)
    return "Gadget"

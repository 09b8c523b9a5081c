"""What the tests share: one embedded API server that knows all kinds."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "support"))

from embedded_api import EmbeddedApi
from virtrigaud_localkube import LocalKubeProcess


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKubeProcess]:
    """A running API server."""
    process = LocalKubeProcess(tmp_path_factory.mktemp("localkube") / "data")
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="session")
def api(server: LocalKubeProcess) -> EmbeddedApi:
    """A client of the server, after all kinds were defined."""
    client = EmbeddedApi(server)
    client.define_kinds()
    return client

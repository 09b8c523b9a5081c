import sys
from pathlib import Path

import pytest
from virtrigaud_cli.kube.blocking import BlockingApi
from virtrigaud_cli.kube.connection import read_connection
from virtrigaud_localkube import LocalKubeProcess

sys.path.append(str(Path(__file__).parent / "support"))


@pytest.fixture
def api(localkube: LocalKubeProcess) -> BlockingApi:
    """A fresh API server, asked one thing at a time."""
    return BlockingApi(read_connection(localkube.kubeconfig))

"""The pytest fixture `localkube`: a fresh server for a test, in a process of its own, on a free port."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from virtrigaud_localkube.testing.server_process import LocalKubeProcess


@pytest.fixture
def localkube(tmp_path: Path) -> "Iterator[LocalKubeProcess]":
    """A running server with `.url`, `.kubeconfig`, `.token`, `.ca_path`, `.restart()`, `.stop()` and `.kill()`."""
    # Loaded by the tests that use it: the plugin is imported in every test run.
    from virtrigaud_localkube.testing.server_process import LocalKubeProcess  # noqa: PLC0415

    server = LocalKubeProcess(tmp_path / "localkube")
    server.start()
    yield server
    server.stop()

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "packages/virtrigaud-localkube/tests"))  # helm_program

from tests.e2e.support.local_system import LocalSystem
from tests.e2e.support.tenant import Tenant


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    """API server, manager and pod runner as processes, shared by the tests that break nothing."""
    with LocalSystem(tmp_path_factory.mktemp("system")).running() as running:
        yield running


@pytest.fixture
def own_system(tmp_path: Path) -> Iterator[LocalSystem]:
    """A system that a test may break."""
    with LocalSystem(tmp_path / "system").running() as running:
        yield running


@pytest.fixture
def tenant(system: LocalSystem, request: pytest.FixtureRequest) -> Iterator[Tenant]:
    """A namespace of the test's own with a memory provider, a class and an image."""
    made = Tenant.create(system, request.node.name)
    made.add_provider()
    made.add_class("small", cpu=1, memory="256Mi")
    made.add_image("guest")
    yield made
    made.clear()

"""A private libvirtd with QEMU for all tests of this folder, and a provider on it for each."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))  # real_machines

from real_machines import IMAGE, Lab
from virtrigaud_provider_libvirt.provider import LibvirtProvider

TOOLS = Path(__file__).resolve().parents[4] / "tools"
REQUIRED = "VIRTRIGAUD_REQUIRE_LIBVIRT"


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """Start a libvirtd that nobody else uses, with the guest image in its pool."""
    name = f"test-{os.getpid()}"
    try:
        built = tool("guest-image", "build")
        started = tool("libvirt-lab", "--name", name, "start")
    except subprocess.CalledProcessError as error:
        reason = str(error.stderr).strip()
        if os.environ.get(REQUIRED):
            pytest.fail(f"{REQUIRED} is set, but {reason}")
        pytest.skip(reason)
    try:
        made = Lab(tool=lambda *words: tool("libvirt-lab", "--name", name, *words), **json.loads(started))
        shutil.copyfile(built.strip(), Path(made.pool_folder, IMAGE))
        yield made
    finally:
        tool("libvirt-lab", "--name", name, "stop")


@pytest_asyncio.fixture
async def provider(lab: Lab) -> AsyncIterator[LibvirtProvider]:
    """A provider; what the test leaves behind is removed."""
    async with LibvirtProvider(lab.settings()) as made:
        yield made
        for state in await made.machines():
            if state.owner is not None:
                await made.delete(state.id)


def tool(name: str, *words: str) -> str:
    return subprocess.run(
        [sys.executable, str(TOOLS / name), *words], capture_output=True, text=True, check=True, timeout=300
    ).stdout

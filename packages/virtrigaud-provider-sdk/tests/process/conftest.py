"""The tiny provider as a process of its own, on loopback with free ports and the test's own files."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "tiny_provider.py"

Start = Callable[..., Awaitable[Process]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start the process with flags and an environment of its own."""

    async def run(*arguments: str, **environment: str) -> Process:
        given = {
            "VIRTRIGAUD_MOUNT_ROOT": str(tmp_path),
            "LOG_FORMAT": "json",
            "VIRTRIGAUD_PROVIDER_BIND_ADDRESS": "127.0.0.1",
        }
        return await asyncio.create_subprocess_exec(
            sys.executable, str(SCRIPT), *arguments, env=given | environment, stdout=PIPE, stderr=PIPE
        )

    return run


@pytest.fixture
def started(tmp_path: Path, start: Start) -> Callable[..., AbstractAsyncContextManager[tuple[Process, int]]]:
    """Run the process and read its port from its log."""

    @asynccontextmanager
    async def run(**environment: str) -> AsyncIterator[tuple[Process, int]]:
        (tmp_path / "tmp").mkdir(exist_ok=True)
        process = await start("--port=0", "--health-port=0", **environment)
        assert process.stderr is not None
        try:
            async with asyncio.timeout(30):
                while (line := json.loads(await process.stderr.readline()))["event"] != "serving":
                    pass
                yield process, line["port"]
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    return run

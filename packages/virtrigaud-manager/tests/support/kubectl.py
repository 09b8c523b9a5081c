"""What a person reads who writes into a system of a test with kubectl."""

import asyncio
import json

from local_system import LocalSystem
from manifests import Manifest


async def kubectl(system: LocalSystem, *arguments: str, manifest: Manifest | None = None) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        "kubectl",
        f"--kubeconfig={system.kube.kubeconfig}",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate(json.dumps(manifest).encode() if manifest else None)
    assert process.returncode is not None
    return process.returncode, said.decode().strip()

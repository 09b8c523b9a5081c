"""The floor as a process: a bare kopf operator that puts a finalizer and a status on each VirtualMachine.

It decides nothing, asks nobody and keeps nothing: what it costs is kopf, the API server and two patches an
object. It runs until it is told to stop.
"""

import asyncio
import sys

import kopf
from virtrigaud_api.v1beta1 import keys

PLURAL = "virtualmachines"
SERVED = {"phase": "Running", "id": "floor", "powerState": "On", "message": "the machine is as described"}


async def see(body: kopf.Body, patch: kopf.Patch, **_: object) -> None:
    """Make the one patch that the object lacks."""
    if keys.FINALIZER_VIRTUAL_MACHINE not in body.metadata.get("finalizers", ()):
        patch.metadata["finalizers"] = [keys.FINALIZER_VIRTUAL_MACHINE]
    elif not body.status:
        patch.status.update(SERVED)


async def run(server: str, token: str, authority: str) -> None:
    """Watch all namespaces until SIGTERM."""

    async def login(**_: object) -> kopf.ConnectionInfo:
        return kopf.ConnectionInfo(server=server, token=token, ca_path=authority)

    registry = kopf.OperatorRegistry()
    kopf.on.login(registry=registry)(login)
    kopf.on.event(keys.GROUP, keys.VERSION, PLURAL, registry=registry)(see)
    await kopf.operator(registry=registry, standalone=True, clusterwide=True)


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:4]))

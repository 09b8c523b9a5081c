"""The served side of `provider_calls`, as a process of its own: a provider with machines, and an empty handler.

It prints the two ports as a JSON line and serves until its standard input ends.
"""

import asyncio
import json
import resource
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from enum import StrEnum
from itertools import cycle, repeat
from pathlib import Path

from virtrigaud_provider_sdk import (
    Capabilities,
    DiskState,
    MachineId,
    MachineSpec,
    MachineState,
    MiB,
    NicState,
    NotFound,
    Owner,
    PowerState,
    PowerVerb,
    ProviderServer,
    ProviderSettings,
    Submitted,
    TaskRef,
    TaskState,
    Unsupported,
)
from virtrigaud_provider_sdk.certificate_reload import CertificateReload, TlsFiles
from virtrigaud_provider_sdk.logs import configure_logging

import grpc.aio  # isort: skip - after the SDK, which sets the floor of TLS

LOOPBACK = "127.0.0.1"
EMPTY_SERVICE = "bench.Empty"
DESCRIBED = 1_000
"""How many machines of each kind are described in turn."""


class Change(StrEnum):
    """What becomes of a machine between any two looks at it; its id begins with the word."""

    NONE = "same"
    REBUILT = "rebuilt"
    VALUES = "changing"

    def machine(self, number: int) -> MachineId:
        """Return the id of a machine."""
        return MachineId(f"{self}-{number}")


class Prepared:
    """A provider that has all its answers ready: what is measured is the SDK and the wire.

    A state of `Change.NONE` is the same object at each look, one of `REBUILT` is another one with the same values,
    and one of `VALUES` says something else than the last. The list has those that do not change.
    """

    def __init__(self, machines: int) -> None:
        self._unchanging = [machine(Change.NONE.machine(number), number) for number in range(machines)]
        self._looks: dict[MachineId, Iterator[MachineState]] = {state.id: repeat(state) for state in self._unchanging}
        for number in range(DESCRIBED):
            same, other = Change.REBUILT.machine(number), Change.VALUES.machine(number)
            self._looks[same] = cycle((machine(same, number), machine(same, number)))
            self._looks[other] = cycle((machine(other, number), machine(other, number, cpus=4)))

    async def capabilities(self) -> Capabilities:
        """State nothing beyond the port."""
        return Capabilities()

    async def validate(self) -> None:
        """Be well."""

    async def describe(self, machine: MachineId) -> MachineState | None:
        """Look at a machine."""
        looks = self._looks.get(machine)
        return next(looks) if looks else None

    async def machines(self) -> Sequence[MachineState]:
        """List all machines."""
        return self._unchanging

    async def create(self, spec: MachineSpec) -> Submitted:
        """Refuse, as everything that would change a machine is refused."""
        raise Unsupported(f"nothing changes here: {spec.name}")

    async def power(self, machine: MachineId, verb: PowerVerb, grace: timedelta) -> Submitted:
        """Refuse."""
        raise Unsupported(f"nothing changes here: {verb} {machine} {grace}")

    async def reconfigure(self, machine: MachineId, spec: MachineSpec) -> Submitted:
        """Refuse."""
        raise Unsupported(f"nothing changes here: {machine} {spec.name}")

    async def delete(self, machine: MachineId) -> Submitted:
        """Refuse."""
        raise Unsupported(f"nothing changes here: {machine}")

    async def task(self, ref: TaskRef) -> TaskState:
        """Know none."""
        raise NotFound(f"task {ref} is not known")


def machine(identity: MachineId, number: int, cpus: int = 2) -> MachineState:
    """Return one machine with what an ordinary one has."""
    name, address = f"machine-{number:05}", f"10.0.{number // 250}.{number % 250 + 1}"
    disk = DiskState(id="root", path=f"/machines/{name}/root.qcow2", size_bytes=20 * 2**30, format="qcow2")
    return MachineState(
        id=identity,
        name=name,
        owner=Owner("bench", name, f"uid-{number}"),
        power=PowerState.ON,
        cpus=cpus,
        memory=MiB(2048),
        addresses=(address,),
        hostname=name,
        nics=(NicState(name="eth0", mac="52:54:00:00:00:01", addresses=(address,)),),
        disks=(disk,),
        raw={"pool": "default", "network": "default"},
    )


async def serve_both(settings: ProviderSettings, machines: int) -> None:
    """Serve both until nobody holds standard input any more."""
    async with ProviderServer(Prepared(machines), settings) as server, empty_server(settings) as empty_port:
        print(json.dumps({"provider": server.port, "empty": empty_port}), flush=True)
        await asyncio.to_thread(answer_cpu_seconds)


@asynccontextmanager
async def empty_server(settings: ProviderSettings) -> AsyncIterator[int]:
    """Serve a handler that does nothing, behind the same mutual TLS."""

    async def nothing(request: bytes, context: object) -> bytes:
        del request, context
        return b""

    server = grpc.aio.server()
    handlers = {"Call": grpc.unary_unary_rpc_method_handler(nothing)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(EMPTY_SERVICE, handlers),))
    credentials = CertificateReload(TlsFiles(settings.tls_directory)).credentials()
    port = server.add_secure_port(f"{LOOPBACK}:0", credentials)
    await server.start()
    yield port
    await server.stop(None)


def answer_cpu_seconds() -> None:
    """Print the CPU time of this process for each line that is read."""
    for _ in sys.stdin:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        print(usage.ru_utime + usage.ru_stime, flush=True)


def main(mount_root: Path, machines: int) -> None:
    """Serve with the logs of a real process."""
    settings = ProviderSettings(
        provider_type="prepared", port=0, health_port=0, bind_address=LOOPBACK, mount_root=mount_root
    )
    configure_logging(settings.log_level, settings.log_format)
    asyncio.run(serve_both(settings, machines))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

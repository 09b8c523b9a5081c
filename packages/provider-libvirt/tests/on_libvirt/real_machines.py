"""What the tests on a real libvirt share: the lab, specs that boot, and ways to look from outside."""

import asyncio
import base64
import hashlib
import json
import os
import signal
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import libvirt
import libvirt_qemu
from virtrigaud_api.contract import (
    BootImage,
    GiB,
    GuestData,
    Hardware,
    MachineEvent,
    MachineId,
    MachineSpec,
    MachineState,
    MiB,
    Nic,
    Owner,
    RootDisk,
    Submitted,
    TaskState,
)
from virtrigaud_provider_libvirt.provider import LibvirtProvider
from virtrigaud_provider_libvirt.settings import LibvirtSettings

T = TypeVar("T")

IMAGE = "guest.qcow2"
BOOT_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Lab:
    """The private libvirtd."""

    uri: str
    pool: str
    pool_folder: str
    network: str
    bridge: str
    daemon_pid: int
    hardware_acceleration: bool
    tool: Callable[..., str] = field(repr=False)

    def settings(self, **others: object) -> LibvirtSettings:
        """The settings of a provider on it."""
        return LibvirtSettings.model_validate(
            {
                "endpoint": self.uri,
                "default_datastore": self.pool,
                "default_network": self.network,
                "drain_seconds": 0,
                **others,
            }
        )

    def connect(self) -> libvirt.virConnect:
        """A connection of the test's own."""
        return libvirt.open(self.uri)

    def files(self) -> set[str]:
        """What lies in the pool's folder."""
        return {path.name for path in Path(self.pool_folder).iterdir()}

    def mode(self, name: str) -> int:
        """Who may do what with a file of the pool."""
        return stat.S_IMODE(Path(self.pool_folder, name).stat().st_mode)

    def image_digest(self) -> str:
        """The content of the guest image."""
        return hashlib.sha256(Path(self.pool_folder, IMAGE).read_bytes()).hexdigest()

    def kill_guest(self, domain: str) -> None:
        """Kill the hypervisor process of a machine."""
        pid_file = Path(self.pool_folder).parent / "run" / "qemu" / f"{domain}.pid"
        os.kill(int(pid_file.read_text()), signal.SIGKILL)


def spec_of(name: str, *, cpus: int = 1, memory: int = 128, user_data: str = "#cloud-config\n") -> MachineSpec:
    """A machine that boots."""
    return MachineSpec(
        owner=Owner("tests", name, f"uid-of-{name}"),
        name=name,
        hardware=Hardware(cpus=cpus, memory=MiB(memory), root_disk=RootDisk(size=GiB(1))),
        boot=BootImage(path=IMAGE, format="qcow2"),
        nics=(Nic(name="lan"),),
        guest=GuestData(user_data=user_data.encode()),
    )


async def made(provider: LibvirtProvider, spec: MachineSpec) -> MachineId:
    machine = (await provider.create(spec)).machine
    assert machine is not None
    return machine


async def seen(provider: LibvirtProvider, machine: MachineId) -> MachineState:
    state = await provider.describe(machine)
    assert state is not None
    return state


async def until(ask: Callable[[], Awaitable[T | None]], seconds: float = BOOT_SECONDS) -> T:
    """Ask until there is an answer."""
    async with asyncio.timeout(seconds):
        while True:
            answer = await ask()
            if answer is not None:
                return answer
            await asyncio.sleep(0.1)


async def booted(provider: LibvirtProvider, machine: MachineId) -> MachineState:
    """Wait until the guest has an address and its agent answers."""

    async def look() -> MachineState | None:
        state = await seen(provider, machine)
        return state if state.addresses and state.hostname else None

    return await until(look)


async def ended(provider: LibvirtProvider, submitted: Submitted) -> TaskState:
    """Wait for a task."""

    async def look() -> TaskState | None:
        assert submitted.task is not None
        state = await provider.task(submitted.task)
        return state if state.done else None

    return await until(look)


class EventLog:
    """The events of a provider, as they come."""

    def __init__(self) -> None:
        self.events: list[MachineEvent] = []

    async def follow(self, provider: LibvirtProvider) -> None:
        async for event in provider.events():
            self.events.append(event)

    async def first(self, wanted: Callable[[MachineEvent], bool], seconds: float = BOOT_SECONDS) -> MachineEvent:
        """Wait for an event."""

        async def look() -> MachineEvent | None:
            return next(filter(wanted, self.events), None)

        return await until(look, seconds)


@asynccontextmanager
async def watched(provider: LibvirtProvider) -> AsyncIterator[EventLog]:
    """Follow the events from the first one on."""
    log = EventLog()
    following = asyncio.create_task(log.follow(provider))
    await log.first(lambda _event: True)
    try:
        yield log
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


def run_in_guest(lab: Lab, machine: MachineId, command: str) -> str:
    """Run a shell command in the guest, through its agent."""
    connection = lab.connect()
    try:
        domain = connection.lookupByUUIDString(machine)
        shell = {"path": "/bin/sh", "arg": ["-c", command], "capture-output": True}
        pid = _agent(domain, "guest-exec", shell)["pid"]
        while not (status := _agent(domain, "guest-exec-status", {"pid": pid}))["exited"]:
            pass
        return base64.b64decode(status.get("out-data", "")).decode()
    finally:
        connection.close()


def _agent(domain: libvirt.virDomain, verb: str, arguments: dict[str, Any]) -> Any:
    order = json.dumps({"execute": verb, "arguments": arguments})
    return json.loads(libvirt_qemu.qemuAgentCommand(domain, order, 10, 0))["return"]

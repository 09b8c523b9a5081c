"""What libvirt tells about machines becomes machine events, and the inventory forgets what is no longer true.

libvirt says nothing when a guest gets an address. So a machine that was started is looked at, with growing
pauses, until it has one; machines at rest are not asked for.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial

import libvirt
import structlog
from virtrigaud_api.contract import MachineEvent, MachineEventKind, MachineId, MachineState, PowerState, ProviderError
from virtrigaud_provider_sdk.event_stream import EventHub

from virtrigaud_provider_libvirt.inventory import Inventory

_RUN_BEGINS_OR_ENDS = frozenset(
    {libvirt.VIR_DOMAIN_EVENT_STARTED, libvirt.VIR_DOMAIN_EVENT_STOPPED, libvirt.VIR_DOMAIN_EVENT_CRASHED}
)
_CHANGES = (
    libvirt.VIR_DOMAIN_EVENT_ID_REBOOT,
    libvirt.VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE,
    libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_ADDED,
    libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED,
    libvirt.VIR_DOMAIN_EVENT_ID_METADATA_CHANGE,
    libvirt.VIR_DOMAIN_EVENT_ID_PMWAKEUP,
    libvirt.VIR_DOMAIN_EVENT_ID_PMSUSPEND,
    libvirt.VIR_DOMAIN_EVENT_ID_GRAPHICS,
)
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS, _ADDRESS_SECONDS = 0.5, 5.0, 300.0
_log = structlog.get_logger("virtrigaud.libvirt")

Look = Callable[[MachineId], Awaitable[MachineState | None]]


class EventFeed:
    """Listens to libvirt and publishes to the hub. libvirt calls it in a thread of its own."""

    def __init__(self, hub: EventHub, inventory: Inventory, look: Look) -> None:
        self._hub = hub
        self._inventory = inventory
        self._look = look
        self._loop = asyncio.get_running_loop()
        self._looked_for: set[MachineId] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def connected(self, connection: libvirt.virConnect) -> tuple[int, ...]:
        """Listen to a new connection; what was known before may be wrong."""
        self._inventory.clear()
        lifecycle = connection.domainEventRegisterAny(
            None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, self._on_lifecycle, None
        )
        others = (connection.domainEventRegisterAny(None, kind, self._on_change, None) for kind in _CHANGES)
        return (lifecycle, *others)

    def reconnected(self) -> None:
        """Events may have been missed while there was no connection."""
        self._hub.resync()

    async def close(self) -> None:
        """Stop looking at machines; what libvirt still tells begins no look any more."""
        self._closed = True
        running = tuple(self._tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _on_lifecycle(
        self, _connection: libvirt.virConnect, domain: libvirt.virDomain, event: int, _detail: int, _opaque: object
    ) -> None:
        machine = MachineId(domain.UUIDString())
        if event in _RUN_BEGINS_OR_ENDS:
            self._inventory.started_or_stopped(machine)
        else:
            self._inventory.changed(machine)
        self._in_loop(partial(self._tell, machine, event))

    def _on_change(self, _connection: libvirt.virConnect, domain: libvirt.virDomain, *_details: object) -> None:
        machine = MachineId(domain.UUIDString())
        self._inventory.changed(machine)
        self._in_loop(partial(self._publish, machine, MachineEventKind.CHANGED))

    def _in_loop(self, deed: Callable[[], None]) -> None:
        # The loop may have ended before the last event came.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(deed)

    def _tell(self, machine: MachineId, event: int) -> None:
        match event:
            case libvirt.VIR_DOMAIN_EVENT_UNDEFINED:
                self._begin(self._tell_whether_gone(machine))
            case libvirt.VIR_DOMAIN_EVENT_STARTED:
                self._publish(machine, MachineEventKind.CHANGED)
                self._looked_for.discard(machine)
                self.await_address(machine)
            case _:
                self._publish(machine, MachineEventKind.CHANGED)

    def _publish(self, machine: MachineId, kind: MachineEventKind) -> None:
        self._hub.publish(MachineEvent(kind=kind, machine=machine))

    def await_address(self, machine: MachineId) -> None:
        """Look until a running machine has an address; once in each of its runs."""
        if machine not in self._looked_for:
            self._looked_for.add(machine)
            self._begin(self._find_address(machine))

    def _begin(self, work: Coroutine[object, object, None]) -> None:
        if self._closed:
            work.close()
            return
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell_whether_gone(self, machine: MachineId) -> None:
        """A machine whose definition was removed lives on until it stops."""
        try:
            state = await self._look(machine)
        except ProviderError:
            # Watchers are told to look at everything when the connection is there again.
            return
        if state is None:
            self._inventory.gone(machine)
            self._looked_for.discard(machine)
        self._publish(machine, MachineEventKind.GONE if state is None else MachineEventKind.CHANGED)

    async def _find_address(self, machine: MachineId) -> None:
        pause = _FIRST_PAUSE_SECONDS
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_ADDRESS_SECONDS):
                while True:
                    await asyncio.sleep(pause)
                    pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
                    if await self._settled(machine):
                        return

    async def _settled(self, machine: MachineId) -> bool:
        """The machine has an address, and everybody is told, or will get none because it does not run."""
        try:
            state = await self._look(machine)
        except ProviderError as error:
            _log.debug("cannot look for an address", machine=machine, error=str(error))
            return False
        if state is None or state.power is not PowerState.ON:
            return True
        if not state.addresses:
            return False
        self._hub.publish(MachineEvent(kind=MachineEventKind.CHANGED, machine=machine, state=state))
        return True

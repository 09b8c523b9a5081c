"""The manager put together: cache, store, queue, connections and kinds.

Nothing here decides anything: changes of the cache wake keys, the queue runs passes over them, and the
watch goes on until the process is told to stop.
"""

import asyncio
import gc
import platform
import signal
import time
from collections.abc import Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

import aiohttp
import structlog

from virtrigaud_manager import metrics
from virtrigaud_manager.admission.decisions import Decisions
from virtrigaud_manager.admission.webhooks import webhooks
from virtrigaud_manager.certificates.authority import Rule
from virtrigaud_manager.certificates.keeper import Keeper
from virtrigaud_manager.cluster.api_store import CONNECTIONS, ApiStore
from virtrigaud_manager.cluster.cache import Cache
from virtrigaud_manager.cluster.connection import Connection
from virtrigaud_manager.cluster.events import EventPoster
from virtrigaud_manager.cluster.leadership import Alone, Leadership, Mandate, NotLeadingError, time_that_never_stops
from virtrigaud_manager.cluster.lease import LEASE_NAME, ApiLease
from virtrigaud_manager.cluster.models import MODELS
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.paths import Collection
from virtrigaud_manager.cluster.plain_objects import PlainObjects
from virtrigaud_manager.cluster.resync import Resync
from virtrigaud_manager.cluster.watches import Watches
from virtrigaud_manager.dependents import names_of
from virtrigaud_manager.hooks.runner import HookRunner
from virtrigaud_manager.kinds.adoption.book import Telling
from virtrigaud_manager.kinds.adoption.reconciler import Adoption
from virtrigaud_manager.kinds.provider.home import Home
from virtrigaud_manager.kinds.provider.reconciler import Providers
from virtrigaud_manager.kinds.virtual_machine.reconciler import VirtualMachines
from virtrigaud_manager.kinds.vm_class.reconciler import VMClasses
from virtrigaud_manager.kinds.vm_image.reconciler import VMImages
from virtrigaud_manager.kinds.vm_network_attachment.reconciler import VMNetworkAttachments
from virtrigaud_manager.look_again import NEVER, LookAgain
from virtrigaud_manager.probes import Probes
from virtrigaud_manager.providers.connections import Connections
from virtrigaud_manager.quota.ledger import claim_of
from virtrigaud_manager.quota.usage import tell_usage
from virtrigaud_manager.reconcile import run
from virtrigaud_manager.settings import ManagerSettings
from virtrigaud_manager.waker import Waker, lane_of
from virtrigaud_manager.workqueue import WorkQueue

STOPPING_GRACE: Final = timedelta(seconds=10)

_COLLECTED_AFTER: Final = (50_000, 20, 20)
"""A pass makes thousands of objects and no cycles: looking for cycles as Python does is a tenth of its cost."""

log = structlog.get_logger("manager")


class Manager:
    """Everything that runs in the process.

    Args:
        mandate: Whether this manager acts, or stands by while another one does.
    """

    def __init__(
        self, settings: ManagerSettings, connection: Connection, session: aiohttp.ClientSession, mandate: Mandate
    ) -> None:
        self._settings = settings
        self._connection = connection
        self._mandate = mandate
        self._ended = asyncio.Event()
        self._lost = False
        cache = Cache(names_of, claim_of)
        self._queue: WorkQueue[ObjectKey] = WorkQueue(self._pass, lambda key: lane_of(cache, key))
        self._adoptions: WorkQueue[ObjectKey] = WorkQueue(
            lambda key: run(self._adoption, key), lambda key: lane_of(cache, key)
        )
        self._waker = Waker(cache, self._queue, self._adoptions)
        store = ApiStore(session, connection.server, cache, self._waker.changed, mandate.check)
        self._store = store
        self._events = EventPoster(store.create_event, platform.node())
        keeper = Keeper(store, settings.namespace, Rule(settings.certificate_lifetime))
        self._connections = Connections(
            store, keeper, self._waker, mandate, poll_period=settings.poll_period, resync_period=settings.resync_period
        )
        self._hooks = HookRunner(settings.hook_addresses, self._queue.wake)
        self._virtual_machines = VirtualMachines(store, self._connections, self._events, _now, self._hooks)
        self._vm_classes = VMClasses(store, _now)
        self._vm_networks = VMNetworkAttachments(store, _now)
        self._vm_images = VMImages(store, self._connections, self._events, _now)
        objects, decisions = PlainObjects(session, connection.server), Decisions(store, time.monotonic)
        self._webhooks = webhooks(settings, objects, decisions)
        self._providers = Providers(store, self._connections, self._events, keeper, _home(settings), _now)
        told = Telling(self._providers.adoptions, self._queue.wake)
        self._adoption = Adoption(store, self._connections, self._events, told, _now)
        self._resync = Resync(store, cache, settings.namespaces, self._waker.changed)
        self._ready = False
        self._beside: list[asyncio.Task[None]] = []
        metrics.QUEUE_DEPTH.labels("all").set_function(lambda: self._queue.busy)

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT.

        Raises:
            NotLeadingError: Another manager has taken over.
        """
        settings = self._settings
        probes = Probes(settings.metrics_bind_address, settings.health_probe_bind_address, lambda: self._ready)
        async with probes:
            for model in MODELS.values():
                model.model_rebuild()
            versions = await self._resync.fill()
            gc.freeze()
            gc.set_threshold(*_COLLECTED_AFTER)
            self._ready = True
            log.info("ready")
            self._follow(self._lead(), "lead")
            self._follow(self._watch(versions), "watch")
            self._follow(self._events.run(), "post Events")
            self._follow(self._resync.run(settings.resync_period), "resync")
            for served in self._webhooks:
                self._follow(served.run(), "webhooks")
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, self._ended.set)
            await self._ended.wait()
            await self._stop()
        if self._lost:
            raise NotLeadingError("another manager has taken over")

    def _follow(self, work: Coroutine[None, None, None], name: str) -> None:
        """Let something go on beside; a defect in it ends the manager, which then starts anew."""
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(lambda task: None if task.cancelled() or not task.exception() else self._ended.set())
        self._beside.append(task)

    async def _watch(self, versions: Mapping[Collection, str]) -> None:
        async with self._connection.open_session(connections=0) as session:
            await Watches(session, self._connection.server, self._resync, self._waker.seen).run(versions)

    async def _lead(self) -> None:
        """Act as long as this manager leads; without the lead it ends, and starts anew as one that stands by."""
        await self._mandate.take()
        metrics.LEADS.labels(LEASE_NAME).set(1)
        self._waker.begin()
        await self._mandate.hold()
        metrics.LEADS.labels(LEASE_NAME).set(0)
        self._lost = True
        self._ended.set()

    async def _stop(self) -> None:
        """Let running passes end and what is queued be posted, then end everything else."""
        self._ready = False
        grace = timedelta() if self._lost else STOPPING_GRACE
        await asyncio.gather(self._queue.close(grace), self._adoptions.close(grace))
        await self._hooks.close()
        await self._events.drain(grace)
        for task in self._beside:
            task.cancel()
        ends = await asyncio.gather(*self._beside, return_exceptions=True)
        await self._mandate.lay_down()
        await self._connections.close_all()
        for defect in ends:
            if isinstance(defect, BaseException) and not isinstance(defect, asyncio.CancelledError):
                raise defect

    async def _pass(self, key: ObjectKey) -> LookAgain:
        if key.kind is ObjectKind.RESOURCE_QUOTA:
            return await tell_usage(self._store, key)
        return await self._reconcile(key)

    async def _reconcile(self, key: ObjectKey) -> LookAgain:
        match key.kind:
            case ObjectKind.VIRTUAL_MACHINE:
                return await run(self._virtual_machines, key)
            case ObjectKind.VM_CLASS:
                return await run(self._vm_classes, key)
            case ObjectKind.VM_NETWORK_ATTACHMENT:
                return await run(self._vm_networks, key)
            case ObjectKind.VM_IMAGE:
                return await run(self._vm_images, key)
            case ObjectKind.PROVIDER:
                return await run(self._providers, key)
            case _:
                return NEVER


def _home(settings: ManagerSettings) -> Home:
    return Home(settings.namespace, settings.pod_labels)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


async def run_manager(settings: ManagerSettings, connection: Connection) -> None:
    """Open the session to the API server and run the manager on it."""
    async with connection.open_session(CONNECTIONS) as session:
        await Manager(settings, connection, session, _mandate(settings, connection, session)).run()


def _mandate(settings: ManagerSettings, connection: Connection, session: aiohttp.ClientSession) -> Mandate:
    if not settings.leader_elect:
        return Alone()
    duration = settings.lease_duration
    lease = ApiLease(session, connection.server, settings.namespace, patience=duration / 3)
    return Leadership(lease, f"{platform.node()}_{uuid4()}", duration, time_that_never_stops)

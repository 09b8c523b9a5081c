"""The open ways to all providers: one gRPC channel, breaker, event stream and machine cache per Provider object.

A way is opened when it is first asked for, and opened anew when the address or a certificate changes.
Keys have the namespace in them. One Provider's trouble never touches another's.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

import grpc
from prometheus_client import Gauge
from virtrigaud_api.contract import MachineId, Owner, ProviderError, TaskRef
from virtrigaud_api.v1beta1 import Provider
from virtrigaud_api.wire.client import GrpcProvider

from virtrigaud_manager import metrics
from virtrigaud_manager.certificates.keeper import Keeper
from virtrigaud_manager.cluster.leadership import Mandate
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.kinds.provider.names import is_issued
from virtrigaud_manager.providers.breaker import Breaker, BreakerState
from virtrigaud_manager.providers.channel import Destination, destination, open_channel
from virtrigaud_manager.providers.events import Follower, Listeners
from virtrigaud_manager.providers.guarded import GuardedProvider, Labels
from virtrigaud_manager.providers.link import Link
from virtrigaud_manager.providers.machines import Machines
from virtrigaud_manager.providers.pace import Pace

_ENDED_TASKS = 4096
_CLOSING_GRACE_SECONDS = 1.0


class Wakes(Protocol):
    """Who is woken by what a provider tells."""

    def machine(self, provider: ObjectKey, machine: MachineId, owner: Owner | None) -> None:
        """A machine changed."""
        ...

    def object(self, key: ObjectKey) -> None:
        """Something that an object waited for happened."""
        ...

    def provider(self, provider: ObjectKey) -> None:
        """A provider began or ceased to answer: everybody who needs it looks again."""
        ...


@dataclass(slots=True)
class _Way:
    uid: str
    where: Destination
    channel: grpc.aio.Channel
    link: Link
    follower: Follower
    following: asyncio.Task[None]
    breaker: Breaker
    inflight: Gauge
    expected: dict[TaskRef, ObjectKey] = field(default_factory=dict)
    ended: deque[TaskRef] = field(default_factory=lambda: deque(maxlen=_ENDED_TASKS))


class Connections:
    """Opens, keeps and closes the ways to providers."""

    def __init__(
        self,
        store: Store,
        keeper: Keeper,
        wakes: Wakes,
        mandate: Mandate,
        *,
        poll_period: timedelta,
        resync_period: timedelta,
    ) -> None:
        self._store = store
        self._keeper = keeper
        self._wakes = wakes
        self._mandate = mandate
        self._poll_period = poll_period
        self._resync_period = resync_period
        self._ways: dict[ObjectKey, _Way] = {}
        self._opening: dict[ObjectKey, asyncio.Lock] = {}

    async def link(self, provider: Provider) -> Link:
        """Return the way to a Provider, opening it where it is not open or has changed."""
        key = _key(provider)
        identity = await self._keeper.client() if is_issued(provider) else None
        where = destination(self._store, provider, identity)
        way = self._ways.get(key)
        if way is None or not _leads_to(way, provider, where):
            async with self._opening.setdefault(key, asyncio.Lock()):
                way = self._ways.get(key)
                if way is None or not _leads_to(way, provider, where):
                    await self.close(key)
                    way = self._ways[key] = await self._open(key, provider, where)
        return Link(way.link.provider, way.link.machines, watched=way.follower.streams)

    def expect(self, provider: ObjectKey, task: TaskRef, key: ObjectKey) -> None:
        """Wake an object when a task ends, also when it has ended just now."""
        way = self._ways.get(provider)
        if way is None or not way.follower.streams:
            return
        if task in way.ended:
            self._wakes.object(key)
        else:
            way.expected[task] = key
            way.inflight.set(len(way.expected))

    async def close(self, key: ObjectKey) -> None:
        """Close the way to a Provider, if one is open."""
        way = self._ways.pop(key, None)
        if way is None:
            return
        way.following.cancel()
        await asyncio.gather(way.following, return_exceptions=True)
        await way.channel.close(_CLOSING_GRACE_SECONDS)

    async def close_all(self) -> None:
        """Close all ways."""
        await asyncio.gather(*(self.close(key) for key in list(self._ways)))

    async def _open(self, key: ObjectKey, provider: Provider, where: Destination) -> _Way:
        channel = await open_channel(self._store, where)
        verified_name = where.server_name if where.secured else None
        remote = GrpcProvider(channel, verified_name, self._mandate.term)
        labels = (provider.spec.type, provider.metadata.name)
        breaker = Breaker(str(key), time.monotonic, _shown(labels))
        guarded = GuardedProvider(remote, breaker, _pace(where), labels, self._mandate.check, room=_room(where))
        machines = Machines(guarded, lambda machine, owner: self._wakes.machine(key, machine, owner), followed=True)
        listeners = Listeners(
            task_ended=lambda task: self._task_ended(key, task),
            up=lambda: self._up(key, breaker),
            down=lambda error: self._down(key, breaker, error),
            heard=breaker.succeeded,
            missed=lambda: self._missed(key),
        )
        follower = Follower(
            key.path,
            remote,
            machines,
            listeners,
            poll_period=self._poll_period,
            resync_period=self._resync_period,
        )
        following = asyncio.create_task(follower.run(), name=f"follow {key}")
        link = Link(guarded, machines, watched=True)
        return _Way(
            provider.metadata.uid, where, channel, link, follower, following, breaker, metrics.TASKS.labels(*labels)
        )

    def _task_ended(self, key: ObjectKey, task: TaskRef) -> None:
        way = self._ways.get(key)
        if way is None:
            return
        way.ended.append(task)
        waiting = way.expected.pop(task, None)
        way.inflight.set(len(way.expected))
        if waiting is not None:
            self._wakes.object(waiting)

    def _up(self, key: ObjectKey, breaker: Breaker) -> None:
        breaker.succeeded()
        way = self._ways.get(key)
        if way is not None:
            way.expected.clear()
        self._wakes.provider(key)

    def _missed(self, key: ObjectKey) -> None:
        """Let those look again who wait for an event that may never come; a listing tells all other news."""
        way = self._ways.get(key)
        if way is None:
            return
        waiting, way.expected = way.expected, {}
        for machine in waiting.values():
            self._wakes.object(machine)

    def _down(self, key: ObjectKey, breaker: Breaker, error: ProviderError) -> None:
        breaker.failed(error)
        self._wakes.object(key)


def _key(provider: Provider) -> ObjectKey:
    return ObjectKey(ObjectKind.PROVIDER, provider.metadata.namespace, provider.metadata.name)


def _leads_to(way: _Way, provider: Provider, where: Destination) -> bool:
    """Tell whether a way is still right; one whose Secret is gone is kept: machines are deleted by it."""
    if where.secret is not None and where.secret_version is None:
        where = replace(where, secret_version=way.where.secret_version)
    return way.where == where and way.uid == provider.metadata.uid


def _pace(where: Destination) -> Pace:
    limit = where.rate_limit
    if limit is None:
        return Pace(None, 0, time.monotonic)
    return Pace(limit.qps, limit.burst, time.monotonic)


def _room(where: Destination) -> asyncio.Semaphore | None:
    return asyncio.Semaphore(where.pooling.max_connections) if where.pooling is not None else None


def _shown(labels: Labels) -> Callable[[BreakerState], None]:
    metrics.BREAKER_STATE.labels(*labels).set(BreakerState.CLOSED)

    def show(state: BreakerState) -> None:
        metrics.BREAKER_STATE.labels(*labels).set(state)
        if state is BreakerState.OPEN:
            metrics.BREAKER_FAILURES.labels(*labels).inc()

    return show

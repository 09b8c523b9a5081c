"""Runs hooks beside the reconciles: one at a time for each machine, bounded in time, and its end wakes the machine.

Nothing here survives the process: a manager that starts anew runs the hook again where it is not noted as done.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Final

import aiohttp
import structlog
from virtrigaud_api.address_policy import AddressPolicy
from virtrigaud_api.contract import GuestCommand, NotFound, ProviderError, SnapshotOrder, TaskRef, Unavailable
from virtrigaud_api.v1beta1.lifecycle import ExecHook, SnapshotHook

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.hooks.http_get import get, open_session
from virtrigaud_manager.hooks.order import HookEnded, HookOrder, HookPoint, HookRunning, HookState
from virtrigaud_manager.providers.remote import RemoteProvider

_FIRST_PAUSE_SECONDS: Final = 0.02
_LONGEST_PAUSE_SECONDS: Final = 2.0

log = structlog.get_logger("hooks")


@dataclass(slots=True)
class _Run:
    order: HookOrder
    job: asyncio.Task[None]
    state: HookState


class HookRunner:
    """The hooks that run now, and those whose end nobody has taken note of yet.

    Args:
        policy: Which addresses hooks may connect to.
        wake: Is called when a hook has ended.
    """

    def __init__(self, policy: AddressPolicy, wake: Callable[[ObjectKey], None]) -> None:
        self._policy = policy
        self._wake = wake
        self._runs: dict[ObjectKey, _Run] = {}
        self._session: aiohttp.ClientSession | None = None

    def start(self, key: ObjectKey, order: HookOrder, provider: RemoteProvider) -> None:
        """Run a hook; the one that ran for the machine before is ended."""
        self.forget(key)
        job = asyncio.create_task(self._run(key, order, provider), name=f"{order.point} of {key}")
        self._runs[key] = _Run(order, job, HookRunning(order.point))

    def state(self, key: ObjectKey, uid: str) -> HookState | None:
        """Tell how the machine's hook stands; None where none runs or ended."""
        run = self._runs.get(key)
        return run.state if run is not None and run.order.uid == uid else None

    def taken_note_of(self, key: ObjectKey, point: HookPoint) -> None:
        """Forget how a hook ended."""
        run = self._runs.get(key)
        if run is not None and isinstance(run.state, HookEnded) and run.state.point is point:
            self._runs.pop(key)

    def forget(self, key: ObjectKey) -> None:
        """End the machine's hook, and forget it."""
        run = self._runs.pop(key, None)
        if run is not None:
            run.job.cancel()

    async def until_idle(self) -> None:
        """Return when no hook runs."""
        while jobs := [run.job for run in self._runs.values() if not run.job.done()]:
            await asyncio.wait(jobs)

    async def close(self) -> None:
        """End all hooks."""
        jobs = [run.job for run in self._runs.values()]
        for key in tuple(self._runs):
            self.forget(key)
        await asyncio.gather(*jobs, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _run(self, key: ObjectKey, order: HookOrder, provider: RemoteProvider) -> None:
        state = await self._ended(order, provider)
        run = self._runs.get(key)
        if run is not None and run.job is asyncio.current_task():
            run.state = state
            log.info("hook ended", hook=order.point, object=key.path, error=state.error)
            self._wake(key)

    async def _ended(self, order: HookOrder, provider: RemoteProvider) -> HookEnded:
        try:
            async with asyncio.timeout(order.timeout.total_seconds()):
                for deed in self._deeds(order, provider):
                    await deed
        except TimeoutError:
            return HookEnded(order.point, f"it took longer than {order.hook.timeout}", late=True)
        except ProviderError as error:
            return HookEnded(order.point, str(error))
        except Exception as error:  # A stop waits for the hook, so every one must come to an end.
            log.exception("hook failed in a way that nobody expected", hook=order.point, machine=order.machine)
            return HookEnded(order.point, f"it failed in a way that nobody expected ({type(error).__name__})")
        return HookEnded(order.point)

    def _deeds(self, order: HookOrder, provider: RemoteProvider) -> Iterator[Awaitable[None]]:
        hook = order.hook
        if hook.exec is not None:
            yield _execute(provider, order, hook.exec)
        if hook.http_get is not None:
            if self._session is None:
                self._session = open_session(self._policy)
            yield get(self._session, hook.http_get, order.address)
        if hook.snapshot is not None:
            yield _take(provider, order, hook.snapshot)


async def _execute(provider: RemoteProvider, order: HookOrder, hook: ExecHook) -> None:
    command = GuestCommand(key=f"{order.point} {order.uid}", arguments=hook.command, timeout=order.timeout)
    submitted = await provider.run_in_guest(order.machine, command)
    failure = await _end_of(provider, submitted.task)
    if isinstance(failure, Unavailable):
        # The provider waits as long as we do, and is heard first where the program ran before this process began.
        raise TimeoutError
    if failure is not None:
        raise failure


async def _take(provider: RemoteProvider, order: HookOrder, hook: SnapshotHook) -> None:
    wanted = SnapshotOrder(name=hook.name, description=hook.description or "", memory=bool(hook.include_memory))
    taken = await provider.snapshot(order.machine, wanted)
    failure = await _end_of(provider, taken.task)
    if failure is not None:
        raise failure


async def _end_of(provider: RemoteProvider, task: TaskRef | None) -> ProviderError | None:
    """Ask how a task stands, with growing pauses, until it ended, and return why it failed if it did.

    Raises:
        ProviderError: Nobody can tell how it ended.
    """
    pause = _FIRST_PAUSE_SECONDS
    while task is not None:
        try:
            state = await provider.task(task)
        except NotFound:
            raise NotFound("the provider was started anew, and does not know how it ended") from None
        if state.error is not None:
            return state.error
        if state.done:
            return None
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
    return None

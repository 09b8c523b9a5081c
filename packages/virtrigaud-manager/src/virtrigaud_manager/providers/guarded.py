"""A provider behind its breaker and its pace, with every call counted and timed. Reconciles call nothing else."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import timedelta
from typing import Final, ParamSpec, TypeVar

from virtrigaud_api.contract import (
    Busy,
    Capabilities,
    Conflict,
    GuestCommand,
    ImageInventory,
    ImageOrder,
    Images,
    ImageState,
    InvalidSpec,
    MachineId,
    MachineSpec,
    MachineState,
    NoCapacity,
    NotFound,
    Owner,
    OwnerSearch,
    PowerVerb,
    PreparedImage,
    ProviderError,
    ProviderFault,
    Refused,
    SnapshotId,
    SnapshotOrder,
    Submitted,
    TakenSnapshot,
    TaskCancellation,
    TaskRef,
    TaskState,
    Unavailable,
    Unsupported,
    WrongState,
)

from virtrigaud_manager import metrics, tracing
from virtrigaud_manager.providers.breaker import Breaker
from virtrigaud_manager.providers.pace import Pace
from virtrigaud_manager.providers.remote import RemoteProvider

P = ParamSpec("P")
T = TypeVar("T")
Labels = tuple[str, str]

_CODES: Final[Mapping[type[ProviderError], str]] = {
    InvalidSpec: "InvalidArgument",
    NotFound: "NotFound",
    Conflict: "AlreadyExists",
    Busy: "Aborted",
    WrongState: "FailedPrecondition",
    NoCapacity: "ResourceExhausted",
    Unsupported: "Unimplemented",
    Refused: "PermissionDenied",
    Unavailable: "Unavailable",
    ProviderFault: "Internal",
}
"""What the metric calls the errors: the names of their gRPC codes."""


class GuardedProvider:
    """The port and the facets that reconciles use, through a breaker.

    The checks of health pass it: they are how a provider is found to be back, and must not wait behind the machines.

    Args:
        room: Bounds the calls that are made at the same time; None does not.
        labels: Type and name of the Provider, for metrics.
        permit: Raises ClusterError where nothing may be changed.
    """

    def __init__(
        self,
        provider: RemoteProvider,
        breaker: Breaker,
        pace: Pace,
        labels: Labels,
        permit: Callable[[], None],
        *,
        room: asyncio.Semaphore | None = None,
    ) -> None:
        self._provider = provider
        self._permit = permit
        self._breaker = breaker
        self._pace = pace
        self._room = room if room is not None else nullcontext()
        self._type, self._name = labels

    async def capabilities(self) -> Capabilities:
        """Ask what the provider can do."""
        return await self._made("GetCapabilities", self._provider.capabilities)

    async def validate(self) -> None:
        """Ask the hypervisor something cheap."""
        await self._made("Validate", self._provider.validate)

    async def create(self, spec: MachineSpec) -> Submitted:
        """Make a machine, or return the one that this owner has already."""
        return await self._operate("Create", self._provider.create, spec)

    async def find(self, owner: Owner) -> Submitted | None:
        """Return the machine of an owner, or the task that makes it.

        Raises:
            Unsupported: The provider does not tell.
        """
        if not isinstance(self._provider, OwnerSearch):
            raise Unsupported("this provider does not find machines by their owner")
        return await self._call("FindMachine", self._provider.find, owner)

    async def describe(self, machine: MachineId) -> MachineState | None:
        """Look at a machine."""
        return await self._operate("Describe", self._provider.describe, machine)

    async def power(self, machine: MachineId, verb: PowerVerb, grace: timedelta) -> Submitted:
        """Change the power state."""
        return await self._operate("Power", self._provider.power, machine, verb, grace)

    async def reconfigure(self, machine: MachineId, spec: MachineSpec) -> Submitted:
        """Bring CPU, memory, disks and NICs to the spec."""
        return await self._operate("Reconfigure", self._provider.reconfigure, machine, spec)

    async def delete(self, machine: MachineId) -> Submitted:
        """Remove a machine."""
        return await self._operate("Delete", self._provider.delete, machine)

    async def snapshot(self, machine: MachineId, order: SnapshotOrder) -> TakenSnapshot:
        """Take a snapshot, or return the one of that name."""
        return await self._operate("SnapshotCreate", self._provider.snapshot, machine, order)

    async def delete_snapshot(self, machine: MachineId, snapshot: SnapshotId) -> Submitted:
        """Delete a snapshot."""
        return await self._operate("SnapshotDelete", self._provider.delete_snapshot, machine, snapshot)

    async def revert_to_snapshot(self, machine: MachineId, snapshot: SnapshotId) -> Submitted:
        """Bring a machine back to a snapshot."""
        return await self._operate("SnapshotRevert", self._provider.revert_to_snapshot, machine, snapshot)

    async def run_in_guest(self, machine: MachineId, command: GuestCommand) -> Submitted:
        """Run a program inside a guest."""
        return await self._operate("GuestRun", self._provider.run_in_guest, machine, command)

    async def machines(self) -> Sequence[MachineState]:
        """List every machine."""
        return await self._call("ListVMs", self._provider.machines)

    async def task(self, ref: TaskRef) -> TaskState:
        """Tell how a task stands."""
        return await self._call("TaskStatus", self._provider.task, ref)

    async def cancel_task(self, ref: TaskRef) -> None:
        """Ask a task to stop."""
        await self._call("TaskCancel", self._facet(TaskCancellation).cancel_task, ref)  # type: ignore[type-abstract]

    async def prepare_image(self, order: ImageOrder) -> PreparedImage:
        """Fetch, verify and store an image."""
        return await self._operate("ImagePrepare", self._facet(Images).prepare_image, order)  # type: ignore[type-abstract]

    async def image(self, order: ImageOrder) -> ImageState | None:
        """Look for an image."""
        return await self._operate("ImageDescribe", self._facet(ImageInventory).image, order)  # type: ignore[type-abstract]

    async def delete_image(self, name: str) -> Submitted:
        """Delete a prepared image."""
        return await self._operate("ImageDelete", self._facet(ImageInventory).delete_image, name)  # type: ignore[type-abstract]

    def _facet(self, protocol: type[T]) -> T:
        if not isinstance(self._provider, protocol):
            raise Unsupported(f"{self._type} provider {self._name} does not have the facet {protocol.__name__}")
        return self._provider

    async def _operate(self, operation: str, call: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            answer = await self._call(operation, call, *args, **kwargs)
        except ProviderError:
            metrics.operated(operation, self._type, self._name, metrics.Outcome.ERROR)
            raise
        metrics.operated(operation, self._type, self._name, metrics.Outcome.SUCCESS)
        return answer

    async def _call(self, method: str, call: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        self._breaker.admit()
        try:
            async with self._room:
                await self._pace.turn()
                return await self._made(method, call, *args, **kwargs)
        except ProviderError:
            raise
        except BaseException:
            self._breaker.abandoned()
            raise

    async def _made(self, method: str, call: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        self._permit()
        started = time.perf_counter()
        try:
            with tracing.call_span(method, self._name):
                answer = await call(*args, **kwargs)
        except ProviderError as error:
            self._breaker.failed(error)
            metrics.called(self._type, method, _CODES[type(error)], time.perf_counter() - started)
            raise
        self._breaker.succeeded()
        metrics.called(self._type, method, metrics.OK, time.perf_counter() - started)
        return answer

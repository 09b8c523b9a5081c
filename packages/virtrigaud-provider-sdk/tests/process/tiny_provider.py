"""A provider as a process of its own, for the tests of `run_provider`: `describe` answers when a file appears."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from virtrigaud_provider_sdk import (
    Capabilities,
    InvalidSpec,
    MachineId,
    MachineSpec,
    MachineState,
    MiB,
    NativeFaults,
    PowerState,
    PowerVerb,
    ProviderSettings,
    Submitted,
    TaskBook,
    TaskJournal,
    TaskRef,
    TaskState,
    Unavailable,
    run_provider,
    task_key,
)

FAULTS = NativeFaults(native=OSError, kind=lambda _error: Unavailable)


class TinySettings(ProviderSettings):
    """Serve one machine."""

    provider_type: str = "tiny"


class TinyProvider:
    """Answers for one machine, once the file `release` is in the scratch directory."""

    def __init__(self, settings: TinySettings) -> None:
        if settings.endpoint == "nonsense":
            raise InvalidSpec("the endpoint nonsense means nothing to a tiny provider")
        if settings.endpoint.startswith("broken://"):
            raise ZeroDivisionError(f"the driver can't parse {settings.endpoint}")
        self._book = TaskBook(journal=TaskJournal(settings.task_journal))
        self._release = settings.scratch_directory / "release"

    async def capabilities(self) -> Capabilities:
        return Capabilities()

    async def validate(self) -> None:
        return None

    async def describe(self, machine: MachineId) -> MachineState | None:
        with FAULTS.during(f"look at machine {machine}", call="look"):
            while not await asyncio.to_thread(self._release.exists):
                await asyncio.to_thread(self._release.with_suffix(".wanted").touch)
                await asyncio.sleep(0.01)
        return MachineState(id=machine, name=machine, owner=None, power=PowerState.ON, cpus=1, memory=MiB(1))

    async def create(self, spec: MachineSpec) -> Submitted:
        return Submitted(task=self._book.start(task_key("create", spec.owner), self._make(spec)))

    async def _make(self, spec: MachineSpec) -> MachineId:
        """Make what is called `held` never, and everything else at once."""
        if spec.name == "held":
            await asyncio.Event().wait()
        return MachineId(spec.name)

    async def power(self, machine: MachineId, verb: PowerVerb, grace: timedelta) -> Submitted:
        return Submitted(machine=machine)

    async def reconfigure(self, machine: MachineId, spec: MachineSpec) -> Submitted:
        return Submitted(machine=machine)

    async def delete(self, machine: MachineId) -> Submitted:
        return Submitted(machine=machine)

    async def machines(self) -> Sequence[MachineState]:
        return ()

    async def task(self, ref: TaskRef) -> TaskState:
        return self._book.state(ref)


if __name__ == "__main__":
    run_provider(TinyProvider, TinySettings)

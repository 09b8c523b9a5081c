"""The port: what a hypervisor must do to run machines. Everything else about a provider is optional."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol, runtime_checkable

from virtrigaud_api.contract.capabilities import Capabilities
from virtrigaud_api.contract.machine import MachineSpec, MachineState, PowerVerb
from virtrigaud_api.contract.names import MachineId, TaskRef
from virtrigaud_api.contract.tasks import Submitted, TaskState


@runtime_checkable
class MachineProvider(Protocol):
    """A hypervisor that can run machines.

    Duties of every call: it returns promptly (long work becomes a task), it may be repeated with the
    same arguments without a second effect, and it raises only errors of `virtrigaud_api.contract.errors`.
    `Unavailable` and `Refused` may come from any call and are not repeated below.
    """

    async def capabilities(self) -> Capabilities:
        """State what this provider can do beyond the port; `facets` stays empty. Needs no hypervisor."""
        ...

    async def validate(self) -> None:
        """Ask the hypervisor something cheap with the credentials at hand; return when it answered well."""
        ...

    async def create(self, spec: MachineSpec) -> Submitted:
        """Make a machine, powered off unless `spec.starts`, or return the one that this owner has already.

        The owner is looked for first and stored with the machine, so that a repeated call never makes
        a second one. A failed creation leaves nothing behind.

        Where `spec.starts` is set, the machine may be started before the call, or its task, ends. That saves
        the caller a call and promises nothing: where it is left off the caller sees that and powers it on. A
        start that fails is no failure of the creation; the machine stays, and is off. Never does the call
        start a machine that was there before: somebody may have stopped it meanwhile.

        Raises:
            InvalidSpec: The spec can't be right.
            Unsupported: The spec asks for something that this provider does not have.
            NotFound: The image, network, pool or another named thing does not exist.
            Conflict: The name belongs to a machine of another owner, or of none.
            NoCapacity: There is no room for it.
        """
        ...

    async def describe(self, machine: MachineId) -> MachineState | None:
        """Look at a machine. None only when the hypervisor says that it does not exist."""
        ...

    async def power(self, machine: MachineId, verb: PowerVerb, grace: timedelta) -> Submitted:
        """Change the power state; a machine that is there already is success.

        SHUTDOWN asks the guest to stop and, where it still runs after `grace`, stops it hard; its task
        ends when the machine is off. SUSPEND stops the machine and keeps its memory, over a restart of the
        host too; ON goes on from there, and OFF and SHUTDOWN give the memory up. `grace` means nothing to
        verbs other than SHUTDOWN.

        Raises:
            NotFound: The machine does not exist.
            Unsupported: SUSPEND, where the capability `suspend` is not advertised.
            WrongState: REBOOT or SUSPEND, and it does not run.
            NoCapacity: The hypervisor has no room to run it.
        """
        ...

    async def reconfigure(self, machine: MachineId, spec: MachineSpec) -> Submitted:
        """Bring CPU, memory, disks, NICs, tags and placement to the spec, online where that works.

        What the running guest sees only after a restart is accepted and shows as `pending_restart`. A disk
        or a NIC that the spec named before and does not name any more is unplugged; what becomes of the
        disk says its `deleted_when_removed`, as it was named last. One that no spec ever named stays.
        Guest data is given once, when the machine is made.

        Raises:
            NotFound: The machine does not exist.
            InvalidSpec: A disk would shrink, or the boot source would change.
            Unsupported: The spec asks for something that this provider does not have, or can't change.
        """
        ...

    async def delete(self, machine: MachineId) -> Submitted:
        """Remove a machine and everything that was made for it, and nothing else. An absent one is success."""
        ...

    async def machines(self) -> Sequence[MachineState]:
        """List every machine of the hypervisor, ours and others, in a constant number of hypervisor calls."""
        ...

    async def task(self, ref: TaskRef) -> TaskState:
        """Tell how a task stands; returns at once.

        Raises:
            NotFound: The task is not known, or not any more: look at the machine instead.
        """
        ...

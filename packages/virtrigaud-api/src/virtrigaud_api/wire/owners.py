"""The search for an owner's machine as protobuf messages both ways."""

from virtrigaud_api.contract import InvalidSpec, MachineId, Owner, Submitted
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.machines import owner_to_message
from virtrigaud_api.wire.tasks import task_ref_from_message, task_ref_to_message


def search_to_message(owner: Owner) -> pb2.FindMachineRequest:
    """Return the request that looks for an owner's machine."""
    return pb2.FindMachineRequest(owner=owner_to_message(owner))


def search_from_message(message: pb2.FindMachineRequest) -> Owner:
    """Read whose machine is looked for.

    Raises:
        InvalidSpec: It names no owner.
    """
    owner = message.owner
    if not owner.name:
        raise InvalidSpec("FindMachineRequest.owner.name: expected a name, got none")
    return Owner(owner.namespace, owner.name, owner.uid)


def found_to_message(found: Submitted | None) -> pb2.FindMachineResponse:
    """Return what was found."""
    if found is None:
        return pb2.FindMachineResponse()
    return pb2.FindMachineResponse(id=found.machine, task=task_ref_to_message(found.task))


def found_from_message(message: pb2.FindMachineResponse) -> Submitted | None:
    """Read what was found."""
    machine = MachineId(message.id) if message.id else None
    task = task_ref_from_message(message)
    return Submitted(machine=machine, task=task) if machine is not None or task is not None else None

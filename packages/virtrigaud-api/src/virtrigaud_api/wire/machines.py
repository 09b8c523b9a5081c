"""MachineSpec and the verbs of a machine as protobuf messages, both ways.

The manager's `GrpcProvider` writes the requests and the SDK's servicer reads them. How a machine looks
is in `machine_states`; what a verb answers is in `tasks`.
"""

from datetime import timedelta

from virtrigaud_api.contract import GuestData, InvalidSpec, MachineId, MachineSpec, Owner, PowerVerb
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.json_fields import CLOUD_INIT, DesiredField, Payload, UserDataField
from virtrigaud_api.wire.json_reader import Document, JsonObject, present, read_object, read_objects, write_json
from virtrigaud_api.wire.payloads.boot import boot_from_json, boot_to_json
from virtrigaud_api.wire.payloads.disks import disks_from_json, disks_to_json
from virtrigaud_api.wire.payloads.guest import guest_bytes_from_json, guest_bytes_to_json
from virtrigaud_api.wire.payloads.hardware import hardware_from_json, hardware_to_json
from virtrigaud_api.wire.payloads.nics import nics_from_json, nics_to_json
from virtrigaud_api.wire.payloads.placement import placement_from_json, placement_to_json

_LONGEST_GRACE = timedelta(seconds=2**31 - 1)
_OPERATIONS = {
    PowerVerb.ON: pb2.POWER_OP_ON,
    PowerVerb.OFF: pb2.POWER_OP_OFF,
    PowerVerb.REBOOT: pb2.POWER_OP_REBOOT,
    PowerVerb.SHUTDOWN: pb2.POWER_OP_SHUTDOWN_GRACEFUL,
    PowerVerb.SUSPEND: pb2.POWER_OP_SUSPEND,
}
_VERBS = {operation: verb for verb, operation in _OPERATIONS.items()}


def spec_to_message(spec: MachineSpec) -> pb2.CreateRequest:
    """Return the request that creates a machine. Empty guest data is the same as none."""
    placement = placement_to_json(spec.placement)
    return pb2.CreateRequest(
        name=spec.name,
        user_data=spec.guest.user_data,
        meta_data=spec.guest.meta_data,
        network_data=spec.guest.network_data,
        ignition=spec.guest.ignition,
        class_json=write_json(hardware_to_json(spec.hardware)),
        image_json=write_json(boot_to_json(spec.boot)),
        networks_json=write_json(nics_to_json(spec.nics)),
        disks_json=write_json(disks_to_json(spec.disks)),
        placement_json="" if placement is None else write_json(placement),
        tags=spec.tags,
        owner=owner_to_message(spec.owner),
        start=spec.starts,
    )


def spec_from_message(message: pb2.CreateRequest) -> MachineSpec:
    """Read the request that creates a machine.

    Raises:
        InvalidSpec: A payload is no JSON, or a member is not what it must be.
    """
    return MachineSpec(
        owner=owner_from_message(message, message.name),
        name=_name(message.name, "CreateRequest.name"),
        hardware=hardware_from_json(read_object(message.class_json, Payload.CLASS)),
        boot=boot_from_json(read_object(message.image_json, Payload.IMAGE)),
        nics=nics_from_json(read_objects(message.networks_json, Payload.NETWORKS)),
        disks=disks_from_json(read_objects(message.disks_json, Payload.DISKS)),
        guest=GuestData(
            user_data=message.user_data or None,
            meta_data=message.meta_data or None,
            network_data=message.network_data or None,
            ignition=message.ignition or None,
        ),
        placement=placement_from_json(read_object(message.placement_json, Payload.PLACEMENT)),
        tags=tuple(message.tags),
        starts=message.start,
    )


def reconfigure_to_message(machine: MachineId, spec: MachineSpec) -> pb2.ReconfigureRequest:
    """Return the request that brings a machine to a spec."""
    desired = _spec_to_json(spec)
    return pb2.ReconfigureRequest(id=machine, desired_json=write_json(desired), owner=owner_to_message(spec.owner))


def reconfigure_from_message(message: pb2.ReconfigureRequest) -> tuple[MachineId, MachineSpec]:
    """Read the request that brings a machine to a spec.

    Raises:
        InvalidSpec: The payload is no JSON, or a member is not what it must be.
    """
    desired = read_object(message.desired_json, Payload.DESIRED)
    name = _name(desired.text(DesiredField.NAME), f"{Payload.DESIRED}.{DesiredField.NAME}")
    return machine_id(message.id, "ReconfigureRequest.id"), _spec_from_json(desired, name, message)


def power_to_message(machine: MachineId, verb: PowerVerb, grace: timedelta) -> pb2.PowerRequest:
    """Return the request that changes the power state; the grace period goes with SHUTDOWN only."""
    waits = verb is PowerVerb.SHUTDOWN
    seconds = -(-min(max(grace, timedelta()), _LONGEST_GRACE) // timedelta(seconds=1)) if waits else 0
    return pb2.PowerRequest(id=machine, op=_OPERATIONS[verb], graceful_timeout_seconds=seconds)


def power_from_message(message: pb2.PowerRequest) -> tuple[MachineId, PowerVerb, timedelta]:
    """Read the request that changes the power state.

    Raises:
        InvalidSpec: The operation is none that this side knows.
    """
    verb = _VERBS.get(message.op)
    if verb is None:
        raise InvalidSpec(f"PowerRequest.op: expected a power operation, got {message.op}")
    grace = timedelta(seconds=max(message.graceful_timeout_seconds, 0))
    return machine_id(message.id, "PowerRequest.id"), verb, grace


def owner_to_message(owner: Owner) -> pb2.Owner:
    """Return the owner of a machine."""
    return pb2.Owner(namespace=owner.namespace, name=owner.name, uid=owner.uid)


def owner_from_message(
    message: pb2.CreateRequest | pb2.ReconfigureRequest | pb2.CloneRequest, machine_name: str
) -> Owner:
    """Read the owner that a request names; for a Go manager, which names none, the machine's name stands in.

    Raises:
        InvalidSpec: An owner is there and has no name.
    """
    if not message.HasField("owner"):
        return Owner(namespace="", name=machine_name, uid="")
    if not message.owner.name:
        raise InvalidSpec(f"{message.DESCRIPTOR.name}.owner: expected the name of the owner, got none")
    return Owner(namespace=message.owner.namespace, name=message.owner.name, uid=message.owner.uid)


def machine_id(text: str, field: str) -> MachineId:
    """Read the id of a machine.

    Raises:
        InvalidSpec: It is empty.
    """
    return MachineId(_name(text, field))


def _name(text: str, field: str) -> str:
    if not text:
        raise InvalidSpec(f"{field}: expected the name of a machine, got none")
    return text


def _spec_to_json(spec: MachineSpec) -> Document:
    guest = spec.guest
    ignition = guest_bytes_to_json(guest.ignition, UserDataField.CONFIG)
    document: Document = {
        DesiredField.NAME: spec.name,
        DesiredField.CLASS: hardware_to_json(spec.hardware),
        DesiredField.IMAGE: boot_to_json(spec.boot),
        DesiredField.NETWORKS: nics_to_json(spec.nics),
        DesiredField.DISKS: disks_to_json(spec.disks),
        DesiredField.USER_DATA: guest_bytes_to_json(
            guest.user_data, UserDataField.CLOUD_INIT_DATA, {UserDataField.TYPE: CLOUD_INIT}
        ),
        DesiredField.META_DATA: guest_bytes_to_json(guest.meta_data, UserDataField.META_DATA_YAML),
        DesiredField.PLACEMENT: placement_to_json(spec.placement),
        DesiredField.TAGS: list(spec.tags) or None,
    }
    network_data = guest_bytes_to_json(guest.network_data, UserDataField.NETWORK_CONFIG_YAML)
    ours: Document = {DesiredField.NETWORK_DATA: network_data, DesiredField.IGNITION: ignition}
    return document | present(ours)


def _spec_from_json(desired: JsonObject, name: str, message: pb2.ReconfigureRequest) -> MachineSpec:
    return MachineSpec(
        owner=owner_from_message(message, name),
        name=name,
        hardware=hardware_from_json(desired.child(DesiredField.CLASS)),
        boot=boot_from_json(desired.child(DesiredField.IMAGE)),
        nics=nics_from_json(desired.children(DesiredField.NETWORKS)),
        disks=disks_from_json(desired.children(DesiredField.DISKS)),
        guest=_guest_from_json(desired),
        placement=placement_from_json(desired.child(DesiredField.PLACEMENT)),
        tags=desired.texts(DesiredField.TAGS),
    )


def _guest_from_json(desired: JsonObject) -> GuestData:
    def read(document: DesiredField, key: UserDataField) -> bytes | None:
        return guest_bytes_from_json(desired.child(document), key)

    return GuestData(
        user_data=read(DesiredField.USER_DATA, UserDataField.CLOUD_INIT_DATA),
        meta_data=read(DesiredField.META_DATA, UserDataField.META_DATA_YAML),
        network_data=read(DesiredField.NETWORK_DATA, UserDataField.NETWORK_CONFIG_YAML),
        ignition=read(DesiredField.IGNITION, UserDataField.CONFIG),
    )

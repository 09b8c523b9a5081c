"""The objects that adoption makes: a VirtualMachine that names its machine, and a VMClass of its size. Pure."""

from typing import Any, Final

from virtrigaud_api.contract import MachineState, PowerState
from virtrigaud_api.v1beta1 import VirtualMachine, VMClass, keys
from virtrigaud_api.v1beta1.imported_disk import ImportedDiskFormat, ImportedDiskSource
from virtrigaud_api.v1beta1.power_state import DesiredPowerState
from virtrigaud_api.v1beta1.virtual_machine import DeletionPolicy, ManagementPolicy

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.kinds.adoption.census import Adoptable
from virtrigaud_manager.kinds.adoption.terms import Mode

_LABELS: Final = {keys.LABEL_ADOPTED: keys.ANNOTATION_TRUE}
_LONGEST_DISK_ID: Final = 253


def virtual_machine(provider: ObjectKey, found: Adoptable, mode: Mode) -> dict[str, Any]:
    """Describe a machine as it is, so that keeping the description changes nothing."""
    management = ManagementPolicy.MANAGE if mode is Mode.MANAGE else ManagementPolicy.OBSERVE
    return {
        "apiVersion": keys.API_VERSION,
        "kind": VirtualMachine.names.kind,
        "metadata": {
            "name": found.name,
            "namespace": provider.namespace,
            "labels": dict(_LABELS),
            "annotations": {keys.ANNOTATION_MACHINE_ID: str(found.state.id)},
        },
        "spec": {
            "providerRef": {"name": provider.name},
            "classRef": {"name": found.class_name},
            "importedDisk": _root_disk(found.state),
            "powerState": _power(found.state).value,
            "deletionPolicy": DeletionPolicy.RETAIN.value,
            "managementPolicy": management.value,
        },
    }


def vm_class(namespace: str, found: Adoptable) -> dict[str, Any]:
    """Describe a class of the machine's size."""
    return {
        "apiVersion": keys.API_VERSION,
        "kind": VMClass.names.kind,
        "metadata": {"name": found.class_name, "namespace": namespace, "labels": dict(_LABELS)},
        "spec": {"cpu": found.state.cpus, "memory": f"{found.state.memory}Mi", "firmware": "BIOS"},
    }


def _root_disk(state: MachineState) -> dict[str, Any]:
    disk: dict[str, Any] = {
        "diskID": str(state.id)[:_LONGEST_DISK_ID],
        "source": ImportedDiskSource.MANUAL.value,
    }
    first = state.disks[0] if state.disks else None
    if first is not None and first.path:
        disk["path"] = first.path
    if first is not None and first.format in set(ImportedDiskFormat):
        disk["format"] = first.format
    return disk


def _power(state: MachineState) -> DesiredPowerState:
    match state.power:
        case PowerState.ON:
            return DesiredPowerState.ON
        case PowerState.SUSPENDED:
            return DesiredPowerState.SUSPENDED
        case PowerState.OFF | PowerState.CRASHED | PowerState.UNKNOWN:
            return DesiredPowerState.OFF

"""The groups of facts that are observed, compared and put right together: the fields of `spec.driftPolicy`.

What of a MachineSpec belongs to which group stands here once; digests, differences and policies follow it.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from virtrigaud_api.contract import Hardware, MachineSpec, MiB
from virtrigaud_api.v1beta1 import VirtualMachine
from virtrigaud_api.v1beta1.drift_policy import DriftAction, DriftPolicy

_NO_HARDWARE = Hardware(cpus=0, memory=MiB(0))


class Group(StrEnum):
    """A group, by its field of `spec.driftPolicy`."""

    POWER = "power"
    RESOURCES = "resources"
    DISKS = "disks"
    NETWORKS = "networks"
    TAGS = "tags"
    PLACEMENT = "placement"


def is_enforced(vm: VirtualMachine, group: Group) -> bool:
    """Tell whether a difference that nobody asked for is put right."""
    policy = vm.spec.drift_policy or DriftPolicy()
    return getattr(policy, group.value) is DriftAction.ENFORCE


def parts_of(spec: MachineSpec) -> Mapping[Group, object]:
    """Return what a spec says of each group, apart from power, which it does not speak of."""
    hardware = spec.hardware
    return {
        Group.RESOURCES: (hardware.cpus, hardware.memory, hardware.gpus, hardware.limits),
        Group.DISKS: (hardware.root_disk, spec.disks),
        Group.NETWORKS: spec.nics,
        Group.TAGS: spec.tags,
        Group.PLACEMENT: spec.placement,
    }


def rest_of(spec: MachineSpec) -> object:
    """Return what a spec says that belongs to no group and can change after the creation."""
    fresh = _NO_HARDWARE
    hardware = replace(
        spec.hardware,
        cpus=fresh.cpus,
        memory=fresh.memory,
        gpus=fresh.gpus,
        limits=fresh.limits,
        root_disk=fresh.root_disk,
    )
    return (spec.name, hardware)

"""What a VirtualMachine uses, each with what its user is told about: a change here concerns the used object. Pure.

`dependents` compares the uses before and after a change; the used objects count them.
"""

from collections.abc import Iterator

from virtrigaud_api.v1beta1 import VirtualMachine
from virtrigaud_api.v1beta1.condition_types import VirtualMachineCondition
from virtrigaud_api.v1beta1.reasons import VirtualMachineReason

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.conditions import find
from virtrigaud_manager.kinds.virtual_machine.references import (
    class_key,
    image_key,
    network_keys,
    provider_key,
    provider_of,
)
from virtrigaud_manager.kinds.vm_image.readiness import rests_on

Use = tuple[ObjectKey, object]


def uses(vm: VirtualMachine) -> frozenset[Use]:
    """Return the objects that count a machine, and what they know of it."""
    return frozenset(_uses(vm))


def verdict(vm: VirtualMachine) -> str | None:
    """Return what the machine proves about what it uses: it was made (""), it can't be made (why), or nothing yet."""
    if vm.status.id:
        return ""
    ready = find(vm.status.conditions, VirtualMachineCondition.READY)
    if ready is not None and ready.reason == VirtualMachineReason.UNSUPPORTED:
        return ready.message
    return None


def _uses(vm: VirtualMachine) -> Iterator[Use]:
    provider, proof = provider_of(vm), verdict(vm)
    yield provider_key(vm), None
    yield provider, None
    yield class_key(vm), (provider, proof)
    for _, network in network_keys(vm):
        yield network, (provider, proof == "")
    image, copy = image_key(vm), rests_on(vm)
    if image is not None:
        yield image, provider
    if copy is not None:
        yield copy

"""Which machine an object stands for when somebody else brings it: adoption names it in an annotation. Pure.

An annotation is easily written, so it is believed only where nobody can take a machine over by it: in the
namespace of a Provider that adopts machines, and for a machine that no other object stands for.
"""

from dataclasses import dataclass

from virtrigaud_api.contract import MachineId
from virtrigaud_api.v1beta1 import Provider, VirtualMachine, VirtualMachineStatus, keys

from virtrigaud_manager.cluster.object_key import MachineOf, ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import Store

ADOPTING = frozenset({keys.ANNOTATION_TRUE, "managed"})
"""Values of the annotation with which a Provider has its machines adopted."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """The machine of an object, or why the one that it names can't be."""

    machine: MachineId | None = None
    why_not: str = ""


def named_machine(vm: VirtualMachine) -> MachineId | None:
    """Return the machine that an object names for adoption."""
    if vm.metadata.labels.get(keys.LABEL_ADOPTED) != keys.ANNOTATION_TRUE:
        return None
    named = vm.metadata.annotations.get(keys.ANNOTATION_MACHINE_ID)
    return MachineId(named) if named else None


def hand_over(
    store: Store, vm: VirtualMachine, status: VirtualMachineStatus, key: ObjectKey, provider: Provider | None
) -> HandOver:
    """Tell which machine an object stands for; what the status says holds."""
    if status.id:
        return HandOver(MachineId(status.id))
    machine = named_machine(vm)
    if machine is None:
        return HandOver()
    why_not = _why_not(store, vm, key, provider, machine)
    return HandOver(why_not=why_not) if why_not else HandOver(machine)


def _why_not(store: Store, vm: VirtualMachine, key: ObjectKey, provider: Provider | None, machine: MachineId) -> str:
    if provider is None:
        return f"{key} does not exist"
    if vm.metadata.namespace != key.namespace:
        return f"machines of {key} are adopted in namespace {key.namespace} only"
    if provider.metadata.annotations.get(keys.ANNOTATION_ADOPT_VMS) not in ADOPTING:
        return f"{key} does not adopt machines; set its annotation {keys.ANNOTATION_ADOPT_VMS}"
    claimed = (
        store.find(VirtualMachine, user.namespace, user.name)
        for user in store.referring(MachineOf(key, machine))
        if user.kind is ObjectKind.VIRTUAL_MACHINE
    )
    first = min((other for other in claimed if other is not None), key=_turn, default=vm)
    if first.metadata.uid == vm.metadata.uid:
        return ""
    return f"machine {machine} is that of VirtualMachine {first.metadata.namespace}/{first.metadata.name}"


def _turn(vm: VirtualMachine) -> tuple[bool, str, str]:
    created = vm.metadata.creation_timestamp
    return not vm.status.id, created.isoformat() if created is not None else "", vm.metadata.uid

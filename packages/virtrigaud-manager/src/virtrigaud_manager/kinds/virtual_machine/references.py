"""The objects that a VirtualMachine names: found, or missing by their exact kind, namespace and name.

An object of another namespace can be used only where its own `spec.allowedNamespaces` names the machine's
namespace; Secrets are always those of the machine's namespace. Admission asks the same questions sooner.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from virtrigaud_api.v1beta1 import (
    Provider,
    VirtualMachine,
    VirtualMachineStatus,
    VMClass,
    VMImage,
    VMNetworkAttachment,
)
from virtrigaud_api.v1beta1.references import is_allowed

from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.kinds.virtual_machine.guest_data import secrets_of
from virtrigaud_manager.kinds.virtual_machine.receipt_keys import RECEIPT_PROVIDER
from virtrigaud_manager.kinds.virtual_machine.wish import Missing

Shared = Provider | VMClass | VMImage | VMNetworkAttachment
K = TypeVar("K", bound=Shared)


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """What was found of the things that a VirtualMachine names, and what was not."""

    provider: Provider | None
    vm_class: VMClass | None
    image: VMImage | None
    networks: dict[str, VMNetworkAttachment]
    missing: tuple[Missing, ...]


def provider_key(vm: VirtualMachine) -> ObjectKey:
    """Name the Provider of a VirtualMachine."""
    reference = vm.spec.provider_ref
    return ObjectKey(ObjectKind.PROVIDER, reference.namespace or vm.metadata.namespace, reference.name)


def provider_of(vm: VirtualMachine, status: VirtualMachineStatus | None = None) -> ObjectKey:
    """Name the Provider that has the machine: where it was made, whatever the spec says now."""
    made_on = (status or vm.status).provider.get(RECEIPT_PROVIDER)
    if made_on is None:
        return provider_key(vm)
    namespace, _, name = made_on.partition("/")
    return ObjectKey(ObjectKind.PROVIDER, namespace, name)


def class_key(vm: VirtualMachine) -> ObjectKey:
    """Name the VMClass of a VirtualMachine."""
    reference = vm.spec.class_ref
    return ObjectKey(ObjectKind.VM_CLASS, reference.namespace or vm.metadata.namespace, reference.name)


def image_key(vm: VirtualMachine) -> ObjectKey | None:
    """Name the VMImage of a VirtualMachine; None when it has its root disk already."""
    reference = vm.spec.image_ref
    if reference is None:
        return None
    return ObjectKey(ObjectKind.VM_IMAGE, reference.namespace or vm.metadata.namespace, reference.name)


def network_keys(vm: VirtualMachine) -> Iterator[tuple[str, ObjectKey]]:
    """Name the VMNetworkAttachments of a VirtualMachine, each with the interface that uses it."""
    for interface in vm.spec.networks:
        wanted = interface.network_ref
        if wanted is not None:
            namespace = wanted.namespace or vm.metadata.namespace
            yield interface.name, ObjectKey(ObjectKind.VM_NETWORK_ATTACHMENT, namespace, wanted.name)


def snapshot_key(vm: VirtualMachine) -> ObjectKey | None:
    """Name the VMSnapshot that a machine is to be reverted to."""
    reference = vm.spec.snapshot.revert_to_ref if vm.spec.snapshot is not None else None
    return None if reference is None else ObjectKey(ObjectKind.VM_SNAPSHOT, vm.metadata.namespace, reference.name)


def named_by(vm: VirtualMachine) -> Iterator[ObjectKey]:
    """Name everything whose appearance or change the VirtualMachine cares about."""
    yield provider_key(vm)
    yield class_key(vm)
    image = image_key(vm)
    if image is not None:
        yield image
    for _, network in network_keys(vm):
        yield network
    snapshot = snapshot_key(vm)
    if snapshot is not None:
        yield snapshot
    for use in secrets_of(vm).all:
        yield ObjectKey(ObjectKind.SECRET, vm.metadata.namespace, use.name)


def resolve(store: Store, vm: VirtualMachine) -> References:
    """Look up everything that a VirtualMachine names."""
    namespace, missing = vm.metadata.namespace, list[Missing]()
    provider = _find(store, Provider, provider_key(vm), namespace, missing)
    vm_class = _find(store, VMClass, class_key(vm), namespace, missing)
    image = image_key(vm)
    vm_image = _find(store, VMImage, image, namespace, missing) if image is not None else None
    networks = {
        interface: found
        for interface, key in network_keys(vm)
        if (found := _find(store, VMNetworkAttachment, key, namespace, missing))
    }
    secrets = (use.name for use in secrets_of(vm).all)
    missing.extend(
        Missing(ObjectKey(ObjectKind.SECRET, namespace, name))
        for name in secrets
        if store.secret_version(namespace, name) is None
    )
    return References(provider=provider, vm_class=vm_class, image=vm_image, networks=networks, missing=tuple(missing))


def _find(store: Store, model: type[K], key: ObjectKey, namespace: str, missing: list[Missing]) -> K | None:
    found = store.find(model, key.namespace, key.name)
    if found is None:
        missing.append(Missing(key))
        return None
    why = not_allowed(found, namespace)
    if why is not None:
        missing.append(Missing(key, why))
        return None
    return found


def not_allowed(found: Shared, namespace: str) -> str | None:
    """Say why objects of a namespace may not refer to an object; None when they may."""
    if is_allowed(found.metadata.namespace, found.spec.allowed_namespaces, namespace):
        return None
    return f"does not allow namespace {namespace}; add it to its spec.allowedNamespaces"

"""The objects that a VirtualMachine names: found, or missing by their exact kind, namespace and name.

Class and image may live in another namespace; a Provider in another namespace must allow it in
`spec.allowedNamespaces`; networks and Secrets are always those of the machine's own namespace.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from virtrigaud_api.v1beta1 import KubeObject, Provider, VirtualMachine, VMClass, VMImage, VMNetworkAttachment
from virtrigaud_api.v1beta1.network_ref import NetworkRef
from virtrigaud_api.v1beta1.provider import ANY_NAMESPACE

from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.kinds.virtual_machine.guest_data import secrets_of
from virtrigaud_manager.kinds.virtual_machine.observation import Missing

K = TypeVar("K", bound=KubeObject)


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


def named_by(vm: VirtualMachine) -> Iterator[ObjectKey]:
    """Name everything whose appearance or change the VirtualMachine cares about."""
    namespace, spec = vm.metadata.namespace, vm.spec
    yield provider_key(vm)
    yield ObjectKey(ObjectKind.VM_CLASS, spec.class_ref.namespace or namespace, spec.class_ref.name)
    if spec.image_ref is not None:
        yield ObjectKey(ObjectKind.VM_IMAGE, spec.image_ref.namespace or namespace, spec.image_ref.name)
    for reference in spec.networks:
        if reference.network_ref is not None:
            yield _network_key(vm, reference.network_ref.name)
    for use in secrets_of(vm).all:
        yield ObjectKey(ObjectKind.SECRET, namespace, use.name)


def resolve(store: Store, vm: VirtualMachine) -> References:
    """Look up everything that a VirtualMachine names."""
    namespace, spec = vm.metadata.namespace, vm.spec
    missing: list[Missing] = []
    provider = _find(store, Provider, provider_key(vm), missing)
    if provider is not None and not _allows(provider, namespace):
        why = f"does not allow namespace {namespace}; add it to its spec.allowedNamespaces"
        missing.append(Missing(provider_key(vm), why))
        provider = None
    class_key = ObjectKey(ObjectKind.VM_CLASS, spec.class_ref.namespace or namespace, spec.class_ref.name)
    vm_class = _find(store, VMClass, class_key, missing)
    image = None
    if spec.image_ref is not None:
        image_key = ObjectKey(ObjectKind.VM_IMAGE, spec.image_ref.namespace or namespace, spec.image_ref.name)
        image = _find(store, VMImage, image_key, missing)
    networks = {
        reference.name: found for reference in spec.networks if (found := _network(store, vm, reference, missing))
    }
    secrets = (use.name for use in secrets_of(vm).all)
    missing.extend(
        Missing(ObjectKey(ObjectKind.SECRET, namespace, name))
        for name in secrets
        if store.secret_version(namespace, name) is None
    )
    return References(provider=provider, vm_class=vm_class, image=image, networks=networks, missing=tuple(missing))


def _find(store: Store, model: type[K], key: ObjectKey, missing: list[Missing]) -> K | None:
    found = store.find(model, key.namespace, key.name)
    if found is None:
        missing.append(Missing(key))
    return found


def _allows(provider: Provider, namespace: str) -> bool:
    allowed = provider.spec.allowed_namespaces
    return namespace == provider.metadata.namespace or namespace in allowed or ANY_NAMESPACE in allowed


def _network_key(vm: VirtualMachine, name: str) -> ObjectKey:
    return ObjectKey(ObjectKind.VM_NETWORK_ATTACHMENT, vm.metadata.namespace, name)


def _network(
    store: Store, vm: VirtualMachine, reference: NetworkRef, missing: list[Missing]
) -> VMNetworkAttachment | None:
    wanted = reference.network_ref
    if wanted is None:
        return None
    if wanted.namespace is not None and wanted.namespace != vm.metadata.namespace:
        key = ObjectKey(ObjectKind.VM_NETWORK_ATTACHMENT, wanted.namespace, wanted.name)
        missing.append(Missing(key, f"can't be used from namespace {vm.metadata.namespace}"))
        return None
    return _find(store, VMNetworkAttachment, _network_key(vm, wanted.name), missing)

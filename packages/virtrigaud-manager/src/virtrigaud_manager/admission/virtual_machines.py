"""Whether a VirtualMachine may be written or deleted as it is asked, as far as other objects decide that. Pure.

What an object alone can tell is in its schema. On a change only what changes is judged: a machine whose
namespace lost a permission can still be switched off.
"""

from collections.abc import Iterator

from virtrigaud_api.v1beta1 import Provider, VirtualMachine, VMClass, VMImage, VMNetworkAttachment
from virtrigaud_api.v1beta1.spelling import camel_case

from virtrigaud_manager.admission.verdict import Refusal, Verdict, verdict
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.kinds.virtual_machine.guest_data import secrets_of
from virtrigaud_manager.kinds.virtual_machine.needs import unmet
from virtrigaud_manager.kinds.virtual_machine.references import (
    Shared,
    class_key,
    image_key,
    network_keys,
    not_allowed,
    provider_key,
)
from virtrigaud_manager.kinds.virtual_machine.refused import image_faults, network_faults, vm_faults
from virtrigaud_manager.quota.amounts import Amounts
from virtrigaud_manager.quota.ledger import amounts_of, limits_in
from virtrigaud_manager.quota.limits import exceeded

_MODELS: dict[ObjectKind, type[Shared]] = {
    ObjectKind.PROVIDER: Provider,
    ObjectKind.VM_CLASS: VMClass,
    ObjectKind.VM_IMAGE: VMImage,
    ObjectKind.VM_NETWORK_ATTACHMENT: VMNetworkAttachment,
}


def judge_write(store: Store, vm: VirtualMachine, before: VirtualMachine | None, promised: Amounts) -> Verdict:
    """Say what stands against a VirtualMachine that is created or changed, and what is unwise about it.

    Args:
        store: What is known of the cluster.
        vm: The object as it would be.
        before: The object as it is; None when it is created.
        promised: What admission has let in that the cache does not show yet.
    """
    refusals = (
        *_not_allowed(store, vm, before),
        *_incapable(store, vm, before),
        *_immutable(vm, before),
        *_beyond_quota(store, vm, before, promised),
    )
    return verdict(refusals, (*_missing(store, vm), *_dishonoured(store, vm), *_too_late(vm, before)))


def judge_deletion(vm: VirtualMachine) -> Verdict:
    """Say what stands against deleting a VirtualMachine."""
    if not vm.spec.deletion_protection:
        return Verdict()
    message = f"is true, so VirtualMachine {vm.metadata.namespace}/{vm.metadata.name} stays; set it to false first"
    return Verdict((Refusal("spec.deletionProtection", message),))


def references(vm: VirtualMachine) -> Iterator[tuple[str, ObjectKey]]:
    """Name what a VirtualMachine refers to, each with the field that does."""
    yield "spec.providerRef", provider_key(vm)
    yield "spec.classRef", class_key(vm)
    image = image_key(vm)
    if image is not None:
        yield "spec.imageRef", image
    for interface, key in network_keys(vm):
        yield f"spec.networks[{interface}].networkRef", key


def _not_allowed(store: Store, vm: VirtualMachine, before: VirtualMachine | None) -> Iterator[Refusal]:
    known = set(references(before)) if before is not None else set()
    for field, key in references(vm):
        if (field, key) in known:
            continue
        found = store.find(_MODELS[key.kind], key.namespace, key.name)
        why = not_allowed(found, vm.metadata.namespace) if found is not None else None
        if why is not None:
            yield Refusal(field, f"{key} {why}")


def _incapable(store: Store, vm: VirtualMachine, before: VirtualMachine | None) -> Iterator[Refusal]:
    """Say what the provider can't do, once it has told what it can."""
    key = provider_key(vm)
    provider = store.find(Provider, key.namespace, key.name)
    if provider is None:
        return
    capabilities = provider.status.reported_capabilities
    known = unmet(before, key, capabilities) if before is not None else ()
    for sentence in unmet(vm, key, capabilities):
        if sentence not in known:
            field, _, message = sentence.partition(" ")
            yield Refusal(field, message)


def _immutable(vm: VirtualMachine, before: VirtualMachine | None) -> Iterator[Refusal]:
    if before is None or not before.status.id or before.spec.imported_disk == vm.spec.imported_disk:
        return
    message = "can't be changed once the machine exists, because it is the machine's root disk; make another one of it"
    yield Refusal("spec.importedDisk", message)


def _beyond_quota(
    store: Store, vm: VirtualMachine, before: VirtualMachine | None, promised: Amounts
) -> Iterator[Refusal]:
    limits = limits_in(store, vm.metadata.namespace)
    if not limits:
        return
    asked = amounts_of(store, vm)
    had = amounts_of(store, before) if before is not None else Amounts()
    others = store.claims_in(vm.metadata.namespace).taken_by_others(vm.metadata.name)
    for excess in exceeded(limits, others + promised, asked):
        limited = excess.limit.limited
        if asked.of(limited) > had.of(limited):
            yield Refusal("spec", str(excess))


def _missing(store: Store, vm: VirtualMachine) -> Iterator[str]:
    for field, key in references(vm):
        if store.find(_MODELS[key.kind], key.namespace, key.name) is None:
            yield f"{field}: {key} does not exist yet; the machine waits for it"
    for use in secrets_of(vm).all:
        if store.secret_version(vm.metadata.namespace, use.name) is None:
            key = ObjectKey(ObjectKind.SECRET, vm.metadata.namespace, use.name)
            yield f"{key} does not exist yet; the machine waits for it"


def _dishonoured(store: Store, vm: VirtualMachine) -> Iterator[str]:
    """Say what the machine would wait for in vain, in the words of its condition."""
    key = provider_key(vm)
    yield from vm_faults(vm, vm.status, key.path)
    provider = store.find(Provider, key.namespace, key.name)
    if provider is None:
        return
    image = image_key(vm)
    found = store.find(VMImage, image.namespace, image.name) if image is not None else None
    if found is not None:
        yield from image_faults(found, provider.spec.type, key)
    for _, name in network_keys(vm):
        network = store.find(VMNetworkAttachment, name.namespace, name.name)
        if network is not None:
            yield from network_faults(network, provider.spec.type)


def _too_late(vm: VirtualMachine, before: VirtualMachine | None) -> Iterator[str]:
    if before is None or not before.status.id:
        return
    for field in ("user_data", "meta_data", "network_data"):
        if getattr(vm.spec, field) != getattr(before.spec, field):
            why = "the guest has read it at its first boot; only a machine that is made anew reads another"
            yield f"spec.{camel_case(field)}: {why}"

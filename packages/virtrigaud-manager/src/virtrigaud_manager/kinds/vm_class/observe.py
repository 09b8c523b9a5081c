"""Reading everything that one reconcile of a VMClass needs. All of it is in the cache.

What a provider can do is known from what it reports, and from the machines: one that was made proves that it can,
one that it refuses as unsupported says what it can't.
"""

from collections.abc import Iterator
from datetime import datetime

from virtrigaud_api.v1beta1 import Provider, VirtualMachine, VMClass
from virtrigaud_api.v1beta1.provider_status import ReportedCapabilities

from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.kinds.users import still_counted, users_of
from virtrigaud_manager.kinds.virtual_machine.references import provider_of
from virtrigaud_manager.kinds.virtual_machine.uses import verdict
from virtrigaud_manager.kinds.vm_class.observation import Observation, Verdict


def observe(store: Store, vm_class: VMClass, now: datetime) -> Observation:
    """Look at a VMClass and at the machines that refer to it."""
    key = ObjectKey(ObjectKind.VM_CLASS, vm_class.metadata.namespace, vm_class.metadata.name)
    users = still_counted(store, vm_class.metadata, users_of(store, key))
    proofs: dict[ObjectKey, str | None] = {}
    for user in users:
        vm = store.find(VirtualMachine, user.namespace, user.name)
        if vm is None:
            continue
        provider, proof = provider_of(vm, vm.status), verdict(vm)
        if proof == "" or proofs.get(provider) is None:
            proofs[provider] = proof
    verdicts = {
        provider: known
        for provider, proof in sorted(proofs.items(), key=lambda item: item[0].path)
        if (known := _verdict(store, vm_class, provider, proof)) is not None
    }
    return Observation(vm_class=vm_class, now=now, users=users, verdicts=verdicts)


def _verdict(store: Store, vm_class: VMClass, key: ObjectKey, proof: str | None) -> Verdict | None:
    provider = store.find(Provider, key.namespace, key.name)
    can = provider.status.reported_capabilities if provider is not None else None
    warnings = tuple(_warnings(vm_class, can)) if can is not None else ()
    if proof is not None:
        return Verdict(proof, warnings)
    lacking = _lacking(vm_class, can) if can is not None else None
    return Verdict(lacking, warnings) if lacking is not None else None


def _lacking(vm_class: VMClass, can: ReportedCapabilities) -> str | None:
    defaults = vm_class.spec.disk_defaults
    if defaults is None or not can.supported_disk_types or defaults.type.value in can.supported_disk_types:
        return None
    there_are = ", ".join(can.supported_disk_types)
    return f"spec.diskDefaults.type {defaults.type.value} is not among the disk types of the provider: {there_are}"


def _warnings(vm_class: VMClass, can: ReportedCapabilities) -> Iterator[str]:
    profile = vm_class.spec.performance_profile
    if profile is None or can.supports_reconfigure_online:
        return
    wanted = {"cpuHotAddEnabled": profile.cpu_hot_add_enabled, "memoryHotAddEnabled": profile.memory_hot_add_enabled}
    for field, is_wanted in wanted.items():
        if is_wanted:
            yield f"spec.performanceProfile.{field} needs a restart: the provider changes no machine that runs"

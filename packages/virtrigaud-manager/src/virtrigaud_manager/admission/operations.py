"""Whether a machine's provider can do what a VMSnapshot or a VMClone asks, once it has told what it can. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from virtrigaud_api.v1beta1 import Provider, VirtualMachine, VMClone, VMSnapshot
from virtrigaud_api.v1beta1.provider_status import ReportedCapabilities
from virtrigaud_api.v1beta1.vm_clone_options import CloneType

from virtrigaud_manager.admission.verdict import Refusal, Verdict
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.kinds.virtual_machine.references import provider_key


@dataclass(frozen=True, slots=True)
class _Need:
    field: str
    capability: str
    met: bool | None


def judge_snapshot(store: Store, snapshot: VMSnapshot) -> Verdict:
    """Say which capability a snapshot lacks."""

    def needs(can: ReportedCapabilities) -> Iterator[_Need]:
        yield _Need("spec.vmRef", "snapshots", can.supports_snapshots)
        if snapshot.spec.snapshot_config is not None and snapshot.spec.snapshot_config.include_memory:
            yield _Need("spec.snapshotConfig.includeMemory", "memory snapshots", can.supports_memory_snapshots)

    return _judge(store, snapshot.metadata.namespace, snapshot.spec.vm_ref.name, needs)


def judge_clone(store: Store, clone: VMClone) -> Verdict:
    """Say which capability a clone lacks."""
    source, options = clone.spec.source.vm_ref, clone.spec.options
    if source is None or options is None or options.type is not CloneType.LINKED:
        return Verdict()

    def needs(can: ReportedCapabilities) -> Iterator[_Need]:
        yield _Need("spec.options.type", "linked clones", can.supports_linked_clones)

    return _judge(store, clone.metadata.namespace, source.name, needs)


def _judge(
    store: Store, namespace: str, machine: str, needs: Callable[[ReportedCapabilities], Iterator[_Need]]
) -> Verdict:
    vm = store.find(VirtualMachine, namespace, machine)
    if vm is None:
        return Verdict(warnings=(f"VirtualMachine {namespace}/{machine} does not exist yet",))
    key = provider_key(vm)
    provider = store.find(Provider, key.namespace, key.name)
    capabilities = provider.status.reported_capabilities if provider is not None else None
    if capabilities is None:
        return Verdict()
    return Verdict(
        tuple(
            Refusal(need.field, f"needs the capability '{need.capability}', which {key} does not have")
            for need in needs(capabilities)
            if not need.met
        )
    )

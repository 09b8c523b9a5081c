"""What a VirtualMachine asks for that its provider must be able to do, field by field. Pure; part of `observe`.

A provider that does not say yet what it can do is asked; its own `Unsupported` is the answer then.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from virtrigaud_api.contract import Facet
from virtrigaud_api.v1beta1 import VirtualMachine
from virtrigaud_api.v1beta1.lifecycle import Lifecycle, LifecycleHook
from virtrigaud_api.v1beta1.power_state import DesiredPowerState
from virtrigaud_api.v1beta1.provider_status import ReportedCapabilities

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.hooks.order import HookPoint


@dataclass(frozen=True, slots=True)
class Need:
    """A field and the capability that honouring it takes."""

    field: str
    capability: str
    met: bool


def unmet(vm: VirtualMachine, provider: ObjectKey, capabilities: ReportedCapabilities | None) -> tuple[str, ...]:
    """Say which fields need what the provider does not have."""
    if capabilities is None:
        return ()
    return tuple(
        f"{need.field} needs the capability '{need.capability}', which {provider} does not have"
        for need in _needs(vm, capabilities)
        if not need.met
    )


def _needs(vm: VirtualMachine, capabilities: ReportedCapabilities) -> Iterator[Need]:
    if vm.spec.power_state is DesiredPowerState.SUSPENDED:
        yield Need("spec.powerState Suspended", "suspend", bool(capabilities.supports_suspend))
    lifecycle = vm.spec.lifecycle or Lifecycle()
    for point, hook in ((HookPoint.PRE_STOP, lifecycle.pre_stop), (HookPoint.POST_START, lifecycle.post_start)):
        if hook is not None:
            yield from _of_hook(f"spec.lifecycle.{point}", hook, capabilities)
    if vm.spec.snapshot is not None and vm.spec.snapshot.revert_to_ref is not None:
        yield Need("spec.snapshot.revertToRef", Facet.SNAPSHOTS, bool(capabilities.supports_snapshots))


def _of_hook(field: str, hook: LifecycleHook, capabilities: ReportedCapabilities) -> Iterator[Need]:
    if hook.exec is not None:
        yield Need(f"{field}.exec", Facet.GUEST_COMMANDS, bool(capabilities.supports_guest_commands))
    if hook.snapshot is not None:
        yield Need(f"{field}.snapshot", Facet.SNAPSHOTS, bool(capabilities.supports_snapshots))
        if hook.snapshot.include_memory:
            memory = bool(capabilities.supports_memory_snapshots)
            yield Need(f"{field}.snapshot.includeMemory", "memory snapshots", memory)

"""What admission decides about a request: the rules of its kind, and room kept for what was let in.

The webhooks call it with every request that they are asked about. It reads the cache and calls nobody, so an
answer takes microseconds; a cache that is a moment late is made up for by the reconcile.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from pydantic import ValidationError
from virtrigaud_api.v1beta1 import (
    Provider,
    VirtualMachine,
    VMClass,
    VMClone,
    VMImage,
    VMNetworkAttachment,
    VMSnapshot,
    keys,
)
from virtrigaud_api.v1beta1.virtual_machine import ManagementPolicy

from virtrigaud_manager.admission.asked import Asked, Operation
from virtrigaud_manager.admission.operations import judge_clone, judge_snapshot
from virtrigaud_manager.admission.shared_objects import judge_shared_deletion, judge_shared_write
from virtrigaud_manager.admission.verdict import ALLOWED, Verdict
from virtrigaud_manager.admission.virtual_machines import judge_deletion, judge_write
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.kinds.virtual_machine.references import Shared
from virtrigaud_manager.quota.amounts import NOTHING
from virtrigaud_manager.quota.ledger import amounts_of, limits_in

_SHARED: Final = (Provider, VMClass, VMImage, VMNetworkAttachment)
PROMISE_LASTS: Final = timedelta(seconds=15)
"""How long room is kept for an object that was let in and that the cache does not show yet."""

_FINALIZERS: Final = "/metadata/finalizers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Whether a new machine is made at once, and the JSON patch that lets its finalizer say so."""

    approved: bool
    patch: list[dict[str, Any]]


class Decisions:
    """Decides about requests.

    Args:
        clock: Tells the time in seconds, for room that is kept for a while.
    """

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def decide(self, asked: Asked) -> Verdict:
        """Say whether a request is allowed, and what is unwise about it."""
        match asked.new, asked.old:
            case VirtualMachine() as vm, VirtualMachine() | None as before:
                return self._write(asked, vm, before)
            case None, VirtualMachine() as vm:
                return judge_deletion(vm)
            case VMSnapshot() as snapshot, None:
                return judge_snapshot(self._store, snapshot)
            case VMClone() as clone, None:
                return judge_clone(self._store, clone)
            case new, old:
                return self._shared(
                    new if isinstance(new, _SHARED) else None, old if isinstance(old, _SHARED) else None
                )

    def approve(self, asked: Asked) -> Approval | None:
        """Judge a VirtualMachine that is created, before others may have completed it; None for anything else.

        One that nothing stands against is about to be made, so it gets its finalizer with its creation: that saves
        the reconcile a write, and the API server need not ask again. One that has to wait gets none, or loses it if
        it was another when it was approved: it can be deleted at any time, and is asked about once more, as it will
        be stored. What its schema will refuse is left as it is.
        """
        if asked.kind != VirtualMachine.names.kind or asked.operation is not Operation.CREATE:
            return None
        vm = _as_machine(asked)
        if vm is None:
            return None
        approved = self._is_made_at_once(asked, vm)
        return Approval(approved=approved, patch=_finalizer(vm.metadata.finalizers, wanted=approved))

    def _is_made_at_once(self, asked: Asked, vm: VirtualMachine) -> bool:
        if vm.spec.management_policy is ManagementPolicy.OBSERVE:
            return False
        if not asked.name and limits_in(self._store, asked.namespace):
            return False  # Room is kept by the name, which the API server has not made yet.
        return self._write(asked, vm, None) == ALLOWED

    def _write(self, asked: Asked, vm: VirtualMachine, before: VirtualMachine | None) -> Verdict:
        if not limits_in(self._store, vm.metadata.namespace):
            return judge_write(self._store, vm, before, NOTHING)
        claims, now = self._store.claims_in(vm.metadata.namespace), self._clock()
        said = judge_write(self._store, vm, before, claims.promised_to_others(asked.name, now))
        if said.allowed and before is None and not asked.dry_run:
            claims.promise(asked.name, amounts_of(self._store, vm), now + PROMISE_LASTS.total_seconds())
        return said

    def _shared(self, new: Shared | None, old: Shared | None) -> Verdict:
        if new is not None:
            return judge_shared_write(self._store, new, old)
        return ALLOWED if old is None else judge_shared_deletion(self._store, old)


def _as_machine(asked: Asked) -> VirtualMachine | None:
    document = dict(asked.document)
    document["metadata"] = {**document.get("metadata", {}), "namespace": asked.namespace}
    try:
        return VirtualMachine.from_manifest(document)
    except ValidationError:
        return None


def _finalizer(found: Sequence[str], *, wanted: bool) -> list[dict[str, Any]]:
    """Write the JSON patch that leaves the finalizer there, or not there."""
    if wanted == (keys.FINALIZER_VIRTUAL_MACHINE in found):
        return []
    others = [name for name in found if name != keys.FINALIZER_VIRTUAL_MACHINE]
    ours = [keys.FINALIZER_VIRTUAL_MACHINE] if wanted else []
    return [{"op": "add", "path": _FINALIZERS, "value": [*others, *ours]}]

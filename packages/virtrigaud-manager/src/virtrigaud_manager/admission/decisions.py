"""What admission decides about a request: the rules of its kind, and room kept for what was let in.

The webhooks call it with every request that they are asked about. It reads the cache and calls nobody, so an
answer takes microseconds; a cache that is a moment late is made up for by the reconcile.
"""

from collections.abc import Callable
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
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.kinds.virtual_machine.references import Shared
from virtrigaud_manager.quota.amounts import Amounts
from virtrigaud_manager.quota.ledger import Promises, amounts_of, limits_in

_SHARED: Final = (Provider, VMClass, VMImage, VMNetworkAttachment)
_FINALIZERS: Final = "/metadata/finalizers"


class Decisions:
    """Decides about requests.

    Args:
        clock: Tells the time in seconds, for room that is kept for a while.
    """

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._promises = Promises(clock)

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

    def defaults(self, asked: Asked) -> list[dict[str, Any]]:
        """Return what an object gets that its schema can't give it, as a JSON patch.

        A new VirtualMachine that nothing stands against is about to be made, so it gets its finalizer with its
        creation, which saves the reconcile a write. One that has to wait gets none: it can be deleted at any time.
        """
        if asked.kind != VirtualMachine.names.kind or asked.operation is not Operation.CREATE:
            return []
        if not self._is_made_at_once(asked):
            return []
        finalizers = asked.document.get("metadata", {}).get("finalizers")
        if finalizers is None:
            return [{"op": "add", "path": _FINALIZERS, "value": [keys.FINALIZER_VIRTUAL_MACHINE]}]
        if keys.FINALIZER_VIRTUAL_MACHINE in finalizers:
            return []
        return [{"op": "add", "path": f"{_FINALIZERS}/-", "value": keys.FINALIZER_VIRTUAL_MACHINE}]

    def _is_made_at_once(self, asked: Asked) -> bool:
        document = dict(asked.document)
        document["metadata"] = {**document.get("metadata", {}), "namespace": asked.namespace}
        try:
            vm = VirtualMachine.from_manifest(document)
        except ValidationError:
            return False
        if vm.spec.management_policy is ManagementPolicy.OBSERVE:
            return False
        return judge_write(self._store, vm, None, self._promised(asked, vm)) == ALLOWED

    def _promised(self, asked: Asked, vm: VirtualMachine) -> Amounts:
        key = ObjectKey(ObjectKind.VIRTUAL_MACHINE, vm.metadata.namespace, asked.name)
        return self._promises.kept_in(self._store, vm.metadata.namespace, but=key)

    def _write(self, asked: Asked, vm: VirtualMachine, before: VirtualMachine | None) -> Verdict:
        namespace = vm.metadata.namespace
        key = ObjectKey(ObjectKind.VIRTUAL_MACHINE, namespace, asked.name)
        said = judge_write(self._store, vm, before, self._promised(asked, vm))
        if said.allowed and before is None and not asked.dry_run and limits_in(self._store, namespace):
            self._promises.make(key, amounts_of(self._store, vm))
        return said

    def _shared(self, new: Shared | None, old: Shared | None) -> Verdict:
        if new is not None:
            return judge_shared_write(self._store, new, old)
        return ALLOWED if old is None else judge_shared_deletion(self._store, old)

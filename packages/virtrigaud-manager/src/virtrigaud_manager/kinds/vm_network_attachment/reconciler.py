"""The kind VMNetworkAttachment, put together for the reconcile loop."""

from virtrigaud_api.v1beta1 import KubeObject, VMNetworkAttachment, VMNetworkAttachmentStatus, keys

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.kinds.in_use.actions import Action
from virtrigaud_manager.kinds.in_use.reconciler import InUseKind
from virtrigaud_manager.kinds.in_use.report import Report
from virtrigaud_manager.kinds.vm_network_attachment.observation import Observation
from virtrigaud_manager.kinds.vm_network_attachment.observe import observe
from virtrigaud_manager.kinds.vm_network_attachment.report import report
from virtrigaud_manager.outcome import Failed


class VMNetworkAttachments(InUseKind[VMNetworkAttachmentStatus, Observation]):
    """How VMNetworkAttachments are reconciled."""

    name = VMNetworkAttachment.names.kind
    model = VMNetworkAttachment
    finalizer = keys.FINALIZER_VM_NETWORK_ATTACHMENT

    async def observe(self, key: ObjectKey) -> Observation | None:
        """Read everything that matters; None when the object is gone."""
        found = self._store.find(VMNetworkAttachment, key.namespace, key.name)
        return None if found is None else observe(self._store, found, self._clock())

    def report(
        self, observation: Observation, action: Action, outcome: Failed | None
    ) -> Report[VMNetworkAttachmentStatus]:
        """Say what is now true."""
        return report(observation, action, outcome)

    def _found(self, observation: Observation) -> KubeObject:
        return observation.network

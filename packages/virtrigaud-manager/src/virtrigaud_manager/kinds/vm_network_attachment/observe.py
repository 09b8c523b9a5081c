"""Reading everything that one reconcile of a VMNetworkAttachment needs. All of it is in the cache."""

from datetime import datetime

from virtrigaud_api.v1beta1 import Provider, VirtualMachine, VMNetworkAttachment
from virtrigaud_api.v1beta1.network_ref import NetworkRef

from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.kinds.users import still_counted, users_of
from virtrigaud_manager.kinds.virtual_machine.nics import nic
from virtrigaud_manager.kinds.virtual_machine.references import provider_of
from virtrigaud_manager.kinds.virtual_machine.refused import network_faults
from virtrigaud_manager.kinds.virtual_machine.uses import verdict
from virtrigaud_manager.kinds.vm_network_attachment.observation import Observation, Use


def observe(store: Store, network: VMNetworkAttachment, now: datetime) -> Observation:
    """Look at a VMNetworkAttachment and at the machines that refer to it."""
    metadata = network.metadata
    key = ObjectKey(ObjectKind.VM_NETWORK_ATTACHMENT, metadata.namespace, metadata.name)
    users = still_counted(store, metadata, users_of(store, key))
    proven: dict[ObjectKey, bool] = {}
    for user in users:
        vm = store.find(VirtualMachine, user.namespace, user.name)
        if vm is not None:
            provider = provider_of(vm, vm.status)
            proven[provider] = proven.get(provider, False) or verdict(vm) == ""
    uses = {key: _use(store, network, key, is_proven=proven[key]) for key in sorted(proven, key=lambda key: key.path)}
    return Observation(network=network, now=now, users=users, uses=uses)


def _use(store: Store, network: VMNetworkAttachment, key: ObjectKey, *, is_proven: bool) -> Use:
    provider = store.find(Provider, key.namespace, key.name)
    if provider is None:
        return Use(native=None, faults=(), is_proven=is_proven)
    connected = nic(NetworkRef(name=network.metadata.name), network, provider.spec.type)
    faults = network_faults(network, provider.spec.type)
    return Use(native=connected.network or connected.bridge, faults=faults, is_proven=is_proven)

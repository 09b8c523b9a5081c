"""Reading everything that one reconcile of a Provider needs. All of it is in the cache."""

from collections.abc import Iterator
from datetime import datetime

from virtrigaud_api.v1beta1 import Provider, ProviderStatus
from virtrigaud_api.v1beta1.provider import ConnectionPooling

from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.kinds.provider.names import deployment_key, secret_keys, service_key
from virtrigaud_manager.kinds.provider.observation import Health, Observation
from virtrigaud_manager.kinds.provider.tls_posture import posture


def observe(store: Store, provider: Provider, status: ProviderStatus, health: Health, now: datetime) -> Observation:
    """Look at a Provider and at what was made for it."""
    metadata = provider.metadata
    key = ObjectKey(ObjectKind.PROVIDER, metadata.namespace, metadata.name)
    secrets = dict.fromkeys(secret_keys(provider))
    return Observation(
        provider=provider,
        status=status,
        now=now,
        posture=posture(provider),
        faults=tuple(_faults(provider)),
        missing=tuple(key for key in secrets if store.secret_version(key.namespace, key.name) is None),
        service=store.workload(service_key(provider)),
        deployment=store.workload(deployment_key(provider)),
        health=health,
        machines=sum(other.kind is ObjectKind.VIRTUAL_MACHINE for other in store.referring(key)),
    )


def _faults(provider: Provider) -> Iterator[str]:
    reference = provider.spec.credential_secret_ref
    if reference.namespace not in (None, provider.metadata.namespace):
        yield (
            f"spec.credentialSecretRef.namespace is {reference.namespace}; a pod can only mount a Secret of "
            f"its own namespace {provider.metadata.namespace}"
        )
    if provider.spec.connection_pooling not in (None, ConnectionPooling()):
        yield "spec.connectionPooling is not supported: a provider keeps its own connections; remove it"

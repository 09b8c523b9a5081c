"""Reading everything that one reconcile of a Provider needs. All of it is in the cache."""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from virtrigaud_api.v1beta1 import Provider, ProviderStatus

from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.kinds.provider.home import Home
from virtrigaud_manager.kinds.provider.names import environment_keys, secret_keys, workload_keys
from virtrigaud_manager.kinds.provider.network_policy import wants_network_policy
from virtrigaud_manager.kinds.provider.notes import Notes
from virtrigaud_manager.kinds.provider.observation import Observation
from virtrigaud_manager.kinds.provider.tls_posture import posture


def observe(store: Store, home: Home, provider: Provider, notes: Notes, now: datetime) -> Observation:
    """Look at a Provider and at what was made for it."""
    metadata = provider.metadata
    key = ObjectKey(ObjectKind.PROVIDER, metadata.namespace, metadata.name)
    found = ((key, store.workload(key)) for key in workload_keys(provider))
    secrets = dict.fromkeys(secret_keys(provider))
    status: ProviderStatus = notes.status or provider.status
    return Observation(
        provider=provider,
        status=status,
        now=now,
        home=home,
        posture=posture(provider),
        faults=tuple(_faults(provider, home)),
        missing=tuple(key for key in secrets if store.secret_version(key.namespace, key.name) is None),
        secrets=_digest(store, (*secrets, *environment_keys(provider))),
        workloads={key: workload for key, workload in found if workload is not None},
        health=notes.health,
        users=tuple(sorted(store.referring(key), key=str)),
    )


def _digest(store: Store, secrets: tuple[ObjectKey, ...]) -> str:
    """Sum up the versions of Secrets, which say nothing about what is in them."""
    versions = {f"{key.path} {store.secret_version(key.namespace, key.name)}" for key in secrets}
    return hashlib.sha256("\n".join(sorted(versions)).encode()).hexdigest()[:32]


def _faults(provider: Provider, home: Home) -> Iterator[str]:
    reference = provider.spec.credential_secret_ref
    if reference.namespace not in (None, provider.metadata.namespace):
        yield (
            f"spec.credentialSecretRef.namespace is {reference.namespace}; a pod can only mount a Secret of "
            f"its own namespace {provider.metadata.namespace}"
        )
    if wants_network_policy(provider, home) and not home.has_pods:
        yield (
            "spec.runtime.networkPolicy can't be had: the manager does not know by which labels its own pods are "
            "found; start it with --pod-labels, or set enabled: false"
        )

"""Reading everything that one reconcile of a Provider needs. All of it is in the cache, but certificates."""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from virtrigaud_api.v1beta1 import Provider, ProviderStatus

from virtrigaud_manager.certificates.keeper import Keeper
from virtrigaud_manager.certificates.peer import Identities
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.secret_seen import SecretSeen
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.kinds.provider.home import Home
from virtrigaud_manager.kinds.provider.names import (
    environment_keys,
    is_issued,
    issued_key,
    secret_keys,
    tls_key,
    workload_keys,
)
from virtrigaud_manager.kinds.provider.network_policy import wants_network_policy
from virtrigaud_manager.kinds.provider.notes import Notes
from virtrigaud_manager.kinds.provider.observation import Observation
from virtrigaud_manager.kinds.provider.tls_posture import posture
from virtrigaud_manager.kinds.users import still_counted


async def observe(
    store: Store, keeper: Keeper, home: Home, provider: Provider, notes: Notes, now: datetime
) -> Observation:
    """Look at a Provider and at what was made for it.

    Raises:
        ClusterError: The certificates that were issued for it can't be read.
    """
    metadata = provider.metadata
    key = ObjectKey(ObjectKind.PROVIDER, metadata.namespace, metadata.name)
    found = ((key, store.workload(key)) for key in workload_keys(provider))
    secrets = dict.fromkeys(secret_keys(provider))
    identities = await keeper.look(issued_key(provider)) if is_issued(provider) else None
    status: ProviderStatus = notes.status or provider.status
    return Observation(
        provider=provider,
        status=status,
        now=now,
        home=home,
        posture=posture(provider),
        faults=tuple(_faults(store, provider, home)),
        missing=tuple(key for key in secrets if store.secret_version(key.namespace, key.name) is None),
        secrets=_digest(store, (*secrets, *environment_keys(provider)), identities),
        workloads={key: workload for key, workload in found if workload is not None},
        health=notes.health,
        users=still_counted(store, metadata, sorted(store.referring(key), key=str)),
        rule=keeper.rule,
        identities=identities,
        left_over=_left_over(store, provider),
    )


def _digest(store: Store, secrets: tuple[ObjectKey, ...], identities: Identities | None) -> str:
    """Sum up the versions of Secrets, which say nothing about what is in them, and whom the pods have to trust."""
    versions = {f"{key.path} {store.secret_version(key.namespace, key.name)}" for key in secrets}
    trust = identities.authority.bundle if identities is not None and identities.authority is not None else b""
    return hashlib.sha256("\n".join(sorted(versions)).encode() + trust).hexdigest()[:32]


def _left_over(store: Store, provider: Provider) -> SecretSeen | None:
    """Find the certificate that was issued before, where it is not used any more."""
    key = issued_key(provider)
    found = store.secret(key.namespace, key.name)
    if found is None or found.controller != provider.metadata.uid or tls_key(provider) == key:
        return None
    return found


def _faults(store: Store, provider: Provider, home: Home) -> Iterator[str]:
    issued = issued_key(provider)
    found = store.secret(issued.namespace, issued.name) if is_issued(provider) else None
    if found is not None and found.controller != provider.metadata.uid:
        yield f"{issued}, which is to hold the certificate, was not made for it; delete it, or name it in secretRef"
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

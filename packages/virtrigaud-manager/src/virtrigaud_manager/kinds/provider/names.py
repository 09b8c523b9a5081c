"""What belongs to one Provider: the keys of its Deployment, its Service and its Secrets."""

from collections.abc import Iterator

from virtrigaud_api.v1beta1 import Provider
from virtrigaud_api.v1beta1.provider_names import provider_service_name

from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind


def deployment_key(provider: Provider) -> ObjectKey:
    """Name the Deployment of a Provider."""
    return _key(provider, ObjectKind.DEPLOYMENT)


def service_key(provider: Provider) -> ObjectKey:
    """Name the Service of a Provider."""
    return _key(provider, ObjectKind.SERVICE)


def network_policy_key(provider: Provider) -> ObjectKey:
    """Name the NetworkPolicy of a Provider."""
    return _key(provider, ObjectKind.NETWORK_POLICY)


def disruption_budget_key(provider: Provider) -> ObjectKey:
    """Name the PodDisruptionBudget of a Provider."""
    return _key(provider, ObjectKind.POD_DISRUPTION_BUDGET)


def workload_keys(provider: Provider) -> Iterator[ObjectKey]:
    """Name what is made for a Provider, or may have been."""
    yield deployment_key(provider)
    yield service_key(provider)
    yield network_policy_key(provider)
    yield disruption_budget_key(provider)


def credentials_key(provider: Provider) -> ObjectKey:
    """Name the Secret with the credentials of the hypervisor; a pod can only mount one of its own namespace."""
    return ObjectKey(ObjectKind.SECRET, provider.metadata.namespace, provider.spec.credential_secret_ref.name)


def tls_key(provider: Provider) -> ObjectKey | None:
    """Name the Secret with the TLS identity of both sides; None when TLS is off or the name is missing."""
    service = provider.spec.runtime.service
    tls = service.tls if service is not None else None
    if tls is None or not tls.enabled or tls.secret_ref is None or not tls.secret_ref.name:
        return None
    return ObjectKey(ObjectKind.SECRET, provider.metadata.namespace, tls.secret_ref.name)


def secret_keys(provider: Provider) -> Iterator[ObjectKey]:
    """Name the Secrets that a Provider needs."""
    yield credentials_key(provider)
    tls = tls_key(provider)
    if tls is not None:
        yield tls


def environment_keys(provider: Provider) -> Iterator[ObjectKey]:
    """Name the Secrets that the user's environment variables come from."""
    for variable in provider.spec.runtime.env:
        reference = (variable.get("valueFrom") or {}).get("secretKeyRef") or {}
        if reference.get("name"):
            yield ObjectKey(ObjectKind.SECRET, provider.metadata.namespace, reference["name"])


def _key(provider: Provider, kind: ObjectKind) -> ObjectKey:
    metadata = provider.metadata
    return ObjectKey(kind, metadata.namespace, provider_service_name(metadata.namespace, metadata.name))

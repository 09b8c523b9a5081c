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


def issued_key(provider: Provider) -> ObjectKey:
    """Name the Secret with the certificate that the manager issues for a Provider, where it does."""
    name = provider_service_name(provider.metadata.namespace, provider.metadata.name)
    return ObjectKey(ObjectKind.SECRET, provider.metadata.namespace, f"{name}-tls")


def is_issued(provider: Provider) -> bool:
    """Tell whether the manager issues the certificates of a Provider: TLS is on, and the user names no Secret."""
    service = provider.spec.runtime.service
    tls = service.tls if service is not None else None
    return tls is not None and tls.enabled and tls.secret_ref is None


def given_key(provider: Provider) -> ObjectKey | None:
    """Name the user's Secret with the TLS identity of both sides; None when TLS is off or no Secret is named."""
    service = provider.spec.runtime.service
    tls = service.tls if service is not None else None
    if tls is None or not tls.enabled or tls.secret_ref is None or not tls.secret_ref.name:
        return None
    return ObjectKey(ObjectKind.SECRET, provider.metadata.namespace, tls.secret_ref.name)


def tls_key(provider: Provider) -> ObjectKey | None:
    """Name the Secret with the TLS identity of the pods; None when TLS is off."""
    return issued_key(provider) if is_issued(provider) else given_key(provider)


def secret_keys(provider: Provider) -> Iterator[ObjectKey]:
    """Name the Secrets that the user has to make for a Provider."""
    yield credentials_key(provider)
    given = given_key(provider)
    if given is not None:
        yield given


def environment_keys(provider: Provider) -> Iterator[ObjectKey]:
    """Name the Secrets that the user's environment variables come from."""
    for variable in provider.spec.runtime.env:
        reference = (variable.get("valueFrom") or {}).get("secretKeyRef") or {}
        if reference.get("name"):
            yield ObjectKey(ObjectKind.SECRET, provider.metadata.namespace, reference["name"])


def _key(provider: Provider, kind: ObjectKind) -> ObjectKey:
    metadata = provider.metadata
    return ObjectKey(kind, metadata.namespace, provider_service_name(metadata.namespace, metadata.name))

"""How the things that belong to one Provider object are called: its Deployment, its Service, its DNS names.

The manager names what it makes by it; whoever issues certificates for a provider needs the same DNS names.
"""

import hashlib
from typing import Final

from virtrigaud_api.v1beta1.keys import APP_NAME_PROVIDER

LONGEST_DNS_LABEL: Final = 63
_DIGEST_LENGTH: Final = 8
_CLUSTER_DOMAIN: Final = "cluster.local"


def provider_service_name(namespace: str, name: str) -> str:
    """The name of a Provider's Service and Deployment; a long one is cut and told apart by a digest."""
    readable = f"{APP_NAME_PROVIDER}-{namespace}-{name}"
    if len(readable) <= LONGEST_DNS_LABEL:
        return readable
    digest = hashlib.sha256(f"{namespace}/{name}".encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{readable[: LONGEST_DNS_LABEL - _DIGEST_LENGTH - 1].rstrip('-.')}-{digest}"


def provider_dns_name(namespace: str, name: str) -> str:
    """The full name under which a Provider's Service is reached and its certificate is verified."""
    return f"{provider_service_name(namespace, name)}.{namespace}.svc.{_CLUSTER_DOMAIN}"


def provider_dns_names(namespace: str, name: str) -> tuple[str, ...]:
    """Every name of a Provider's Service inside a cluster, the full one first."""
    service = provider_service_name(namespace, name)
    return (
        provider_dns_name(namespace, name),
        f"{service}.{namespace}.svc",
        f"{service}.{namespace}",
        service,
    )

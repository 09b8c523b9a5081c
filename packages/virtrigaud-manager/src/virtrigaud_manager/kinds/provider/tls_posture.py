"""How the connection to a provider is secured, as its spec says; without TLS nothing runs unless that is said. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from virtrigaud_api.tls_secret import TLS_AUTHORITY, TLS_CERTIFICATE, TLS_PRIVATE_KEY
from virtrigaud_api.v1beta1 import Provider
from virtrigaud_api.v1beta1.provider_runtime import DEFAULT_SERVICE_PORT
from virtrigaud_api.v1beta1.reasons import ProviderReason


class TlsState(StrEnum):
    """What the spec says about TLS."""

    ENABLED = "enabled"
    DISABLED = "explicitly disabled"
    NOT_SAID = "not said"
    NO_SECRET = "no Secret named"  # noqa: S105 - a state, no secret
    NOT_VERIFIED = "not verified"


@dataclass(frozen=True, slots=True)
class Posture:
    """How the connection is secured."""

    state: TlsState
    port: int
    reason: ProviderReason
    message: str

    @property
    def allows_to_run(self) -> bool:
        """Tell whether a provider may be started and dialled."""
        return self.state in (TlsState.ENABLED, TlsState.DISABLED)


def posture(provider: Provider) -> Posture:
    """Read from the spec how the connection is secured."""
    service = provider.spec.runtime.service
    port = service.port if service is not None else DEFAULT_SERVICE_PORT
    tls = service.tls if service is not None else None
    if tls is None:
        message = (
            "spec.runtime.service.tls is not set; set enabled: true for certificates that the manager issues, name a "
            "Secret in its secretRef for your own, or set enabled: false"
        )
        return Posture(TlsState.NOT_SAID, port, ProviderReason.TLS_BLOCK_MISSING, message)
    if not tls.enabled:
        message = "the connection is neither encrypted nor authenticated, as spec.runtime.service.tls.enabled says"
        return Posture(TlsState.DISABLED, port, ProviderReason.EXPLICITLY_DISABLED, message)
    if tls.insecure_skip_verify:
        message = (
            "spec.runtime.service.tls.insecureSkipVerify is not supported: the provider's certificate is always "
            "verified; remove it"
        )
        return Posture(TlsState.NOT_VERIFIED, port, ProviderReason.INVALID_CONFIGURATION, message)
    if tls.secret_ref is None:
        message = "mutual TLS with certificates that the manager issues and renews"
        return Posture(TlsState.ENABLED, port, ProviderReason.ENABLED, message)
    if not tls.secret_ref.name:
        keys = f"{TLS_CERTIFICATE}, {TLS_PRIVATE_KEY} and {TLS_AUTHORITY}"
        message = (
            f"spec.runtime.service.tls.secretRef names no Secret; it needs one with {keys}, or leave secretRef out"
        )
        return Posture(TlsState.NO_SECRET, port, ProviderReason.SECRET_REF_MISSING, message)
    message = f"mutual TLS with the certificates of Secret {provider.metadata.namespace}/{tls.secret_ref.name}"
    return Posture(TlsState.ENABLED, port, ProviderReason.ENABLED, message)

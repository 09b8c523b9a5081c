"""The TLS Secret of one Provider: created when it is missing, renewed in time, left alone when it is good.

Called by `vrtg provider-tls` and by the demo. The authority is a Secret in the Provider's namespace, so that
a renewed certificate is trusted at once by a peer that still holds the former one.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final

from virtrigaud_api.issuing import (
    CERTIFICATE_LIFETIME,
    CertificateAndKey,
    new_authority,
    new_peer_certificate,
)
from virtrigaud_api.tls_secret import TLS_AUTHORITY, TLS_CERTIFICATE, TLS_PRIVATE_KEY
from virtrigaud_api.v1beta1.provider_names import provider_dns_names

from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.kube.api_refusal import ApiRefusal
from virtrigaud_cli.kube.blocking import BlockingApi
from virtrigaud_cli.kube.resources import PROVIDER, SECRET

AUTHORITY_SECRET: Final = "virtrigaud-provider-ca"  # noqa: S105 - a name
RENEW_BEFORE: Final = timedelta(days=60)
TLS_SECRET_TYPE: Final = "kubernetes.io/tls"  # noqa: S105 - a type of Secret


class Issued(Enum):
    """What became of a TLS Secret."""

    CREATED = "created"
    RENEWED = "renewed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class TlsSecret:
    """A Secret that holds the identity of a provider."""

    namespace: str
    name: str
    expires: datetime
    issued: Issued


def ensure_provider_tls(api: BlockingApi, namespace: str, provider: str, *, secret: str = "") -> TlsSecret:
    """Make the Provider's TLS Secret good for at least `RENEW_BEFORE`.

    The Secret's name is the one that the Provider object names; before that exists, `<provider>-tls`.

    Raises:
        CommandFailed: the Provider names no Secret, or the API server refuses.
    """
    name = secret or _secret_named_by(api, namespace, provider)
    dns_names = provider_dns_names(namespace, provider)
    authority = _ensure_authority(api, namespace)
    present = _read_pair(api, namespace, name)
    if present is not None and _is_good(present, authority, dns_names):
        return TlsSecret(namespace, name, present.expires, Issued.UNCHANGED)
    fresh = new_peer_certificate(authority, dns_names)
    api.apply(SECRET, _document(namespace, name, fresh, authority=authority))
    return TlsSecret(namespace, name, fresh.expires, Issued.RENEWED if present else Issued.CREATED)


def split_name(text: str) -> tuple[str, str]:
    """Read NAMESPACE/NAME.

    Raises:
        CommandFailed: it is something else.
    """
    namespace, slash, name = text.partition("/")
    if not slash or not namespace or not name:
        raise CommandFailed(f"{text!r} is not NAMESPACE/NAME", advice="for example: vrtg provider-tls default/lab")
    return namespace, name


def _secret_named_by(api: BlockingApi, namespace: str, provider: str) -> str:
    try:
        document = api.get(PROVIDER, namespace, provider)
    except ApiRefusal as refusal:
        if refusal.is_absent:
            return f"{provider}-tls"
        raise
    service = document["spec"].get("runtime", {}).get("service", {})
    name = (service.get("tls", {}).get("secretRef") or {}).get("name")
    if not name:
        raise CommandFailed(
            f"Provider {namespace}/{provider} names no TLS Secret",
            advice="set spec.runtime.service.tls.secretRef.name, or give the name with --secret",
        )
    return str(name)


def _ensure_authority(api: BlockingApi, namespace: str) -> CertificateAndKey:
    present = _read_pair(api, namespace, AUTHORITY_SECRET)
    if present is not None and present.expires - datetime.now(UTC) > CERTIFICATE_LIFETIME + RENEW_BEFORE:
        return present
    authority = new_authority(f"VirtRigaud providers in {namespace}")
    api.apply(SECRET, _document(namespace, AUTHORITY_SECRET, authority, authority=authority))
    return authority


def _is_good(present: CertificateAndKey, authority: CertificateAndKey, dns_names: Sequence[str]) -> bool:
    return (
        present.is_signed_by(authority)
        and present.dns_names == tuple(dns_names)
        and present.expires - datetime.now(UTC) > RENEW_BEFORE
    )


def _read_pair(api: BlockingApi, namespace: str, name: str) -> CertificateAndKey | None:
    try:
        data = api.get(SECRET, namespace, name).get("data") or {}
    except ApiRefusal as refusal:
        if refusal.is_absent:
            return None
        raise
    try:
        pair = CertificateAndKey(base64.b64decode(data[TLS_CERTIFICATE]), base64.b64decode(data[TLS_PRIVATE_KEY]))
        _ = pair.expires
    except (KeyError, ValueError):
        return None
    return pair


def _document(namespace: str, name: str, pair: CertificateAndKey, *, authority: CertificateAndKey) -> dict[str, Any]:
    contents = {TLS_CERTIFICATE: pair.certificate, TLS_PRIVATE_KEY: pair.key, TLS_AUTHORITY: authority.certificate}
    return {
        "apiVersion": SECRET.api_version,
        "kind": SECRET.kind,
        "metadata": {"namespace": namespace, "name": name},
        "type": TLS_SECRET_TYPE,
        "data": {key: base64.b64encode(content).decode() for key, content in contents.items()},
    }

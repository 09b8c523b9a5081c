"""The certificate of the webhooks: given as files, kept in a Secret that all replicas share, or made for one process.

A certificate that the manager makes has an authority of its own, whose key is thrown away at once. A renewed
one brings the former authority along, so that a replica that still shows the former certificate is trusted.
"""

import base64
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

from virtrigaud_api.issuing import CertificateAndKey, certificates_of, new_authority, new_peer_certificate
from virtrigaud_api.tls_secret import TLS_AUTHORITY, TLS_CERTIFICATE, TLS_PRIVATE_KEY, TLS_SECRET_TYPE

from virtrigaud_manager.cluster.object_key import ObjectKind
from virtrigaud_manager.cluster.paths import RESOURCES
from virtrigaud_manager.cluster.plain_objects import PlainObjects
from virtrigaud_manager.cluster.private_file import PrivateFile
from virtrigaud_manager.cluster.store import GoneError, StaleError

SECRET_NAME: Final = "virtrigaud-webhook-certs"  # noqa: S105 - a name
RENEW_BEFORE: Final = timedelta(days=60)

_SECRETS: Final = RESOURCES[ObjectKind.SECRET]
_TRIES: Final = 5


class IdentityError(Exception):
    """There is no certificate that can be used."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate with its key, and the authorities by which it is verified; all PEM."""

    pair: CertificateAndKey
    authorities: bytes

    def load_into(self, context: ssl.SSLContext) -> None:
        """Show this certificate to whoever connects from now on."""
        with PrivateFile(self.pair.certificate + b"\n" + self.pair.key) as path:
            context.load_cert_chain(path)


class IdentitySource(Protocol):
    """Where the certificate comes from."""

    async def current(self) -> Identity:
        """Return the certificate, renewed where that is due.

        Raises:
            IdentityError: There is none.
            ClusterError: The API server can't be asked.
        """
        ...


@dataclass(slots=True)
class FromProcess:
    """A certificate that lives and ends with the process."""

    names: tuple[str, ...]
    _identity: Identity | None = field(default=None, repr=False)

    async def current(self) -> Identity:
        """Return the certificate."""
        if self._identity is None or is_due(self._identity.pair, self.names):
            self._identity = issue(self.names, self._identity)
        return self._identity


@dataclass(frozen=True, slots=True)
class FromFiles:
    """A certificate that somebody else puts and renews in a directory."""

    directory: Path

    async def current(self) -> Identity:
        """Return the certificate as it is there now."""
        try:
            certificate, key, authorities = (
                (self.directory / name).read_bytes() for name in (TLS_CERTIFICATE, TLS_PRIVATE_KEY, TLS_AUTHORITY)
            )
        except OSError as error:
            raise IdentityError(f"the certificate of the webhooks can't be read: {error}") from error
        return Identity(CertificateAndKey(certificate, key), authorities)


@dataclass(frozen=True, slots=True)
class FromSecret:
    """A certificate in a Secret, made and renewed by whichever manager finds that due."""

    objects: PlainObjects
    namespace: str
    names: tuple[str, ...]

    async def current(self) -> Identity:
        """Return the certificate of the Secret; of several managers that renew it at once, one wins."""
        for _ in range(_TRIES):
            found = await self.objects.get(_SECRETS, SECRET_NAME, self.namespace)
            present = _identity(found) if found is not None else None
            if present is not None and not is_due(present.pair, self.names):
                return present
            fresh = issue(self.names, present)
            try:
                if found is None:
                    await self.objects.create(_SECRETS, _secret(self.namespace, fresh))
                else:
                    await self.objects.replace(_SECRETS, _secret(self.namespace, fresh, found))
            except (StaleError, GoneError):
                continue
            return fresh
        raise IdentityError(f"Secret {self.namespace}/{SECRET_NAME} is written by others all the time")


def is_due(pair: CertificateAndKey, names: tuple[str, ...]) -> bool:
    """Tell whether a certificate has to be made anew: it ends soon, or is for other names."""
    return pair.names != names or pair.expires - datetime.now(UTC) < RENEW_BEFORE


def issue(names: tuple[str, ...], former: Identity | None) -> Identity:
    """Make a certificate, trusted beside the former one."""
    authority = new_authority("VirtRigaud webhooks")
    before = certificates_of(former.authorities)[:1] if former is not None else ()
    return Identity(new_peer_certificate(authority, names), b"".join((authority.certificate, *before)))


def _identity(secret: Mapping[str, Any]) -> Identity | None:
    data = secret.get("data") or {}
    try:
        certificate, key, authorities = (
            base64.b64decode(data[name]) for name in (TLS_CERTIFICATE, TLS_PRIVATE_KEY, TLS_AUTHORITY)
        )
        certificates_of(authorities)
    except (KeyError, ValueError):
        return None
    pair = CertificateAndKey(certificate, key)
    return Identity(pair, authorities) if pair.is_whole else None


def _secret(namespace: str, identity: Identity, found: Mapping[str, Any] | None = None) -> dict[str, Any]:
    contents = {
        TLS_CERTIFICATE: identity.pair.certificate,
        TLS_PRIVATE_KEY: identity.pair.key,
        TLS_AUTHORITY: identity.authorities,
    }
    known = found or {"metadata": {"namespace": namespace, "name": SECRET_NAME}}
    return {
        "apiVersion": _SECRETS.api_version,
        "kind": _SECRETS.kind,
        "metadata": known["metadata"],
        "type": known.get("type", TLS_SECRET_TYPE),
        "data": {key: base64.b64encode(content).decode() for key, content in contents.items()},
    }

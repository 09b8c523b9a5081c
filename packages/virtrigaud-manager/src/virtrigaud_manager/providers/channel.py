"""What it takes to open a channel to a Provider's process, and the channel itself.

The process is dialled by the ClusterIP of its Service and its certificate is verified against the DNS
name of that Service, in a cluster and on a laptop alike. What is missing is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import grpc
from virtrigaud_api.contract import Refused, Unavailable
from virtrigaud_api.tls_secret import TLS_AUTHORITY, TLS_CERTIFICATE, TLS_PRIVATE_KEY
from virtrigaud_api.v1beta1 import Provider
from virtrigaud_api.v1beta1.provider import ConnectionPooling, RateLimit
from virtrigaud_api.v1beta1.provider_names import provider_dns_name
from virtrigaud_api.wire.certificates import ChannelPatience, TlsMaterial, plaintext_channel, secure_channel

from virtrigaud_manager.certificates.keeper import ClientIdentity
from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.cluster.store import ClusterError, Store
from virtrigaud_manager.cluster.workload import Workload
from virtrigaud_manager.kinds.provider.names import deployment_key, given_key, service_key
from virtrigaud_manager.kinds.provider.tls_posture import Posture, TlsState, posture
from virtrigaud_manager.remembered import remembered

TLS_SECRET_KEYS = (TLS_CERTIFICATE, TLS_PRIVATE_KEY, TLS_AUTHORITY)

_PROVIDERS: Final = 64


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a provider is and by whom it is verified: a channel is made anew when this changes.

    Attributes:
        secret: The user's TLS Secret; None for plaintext, and where the manager issues the certificates.
        secret_version: Its version, so that a renewed certificate makes a new channel; None while there is none.
        identity: What the manager shows, where it issues the certificates.
        rate_limit: How often it may be called.
        pooling: How many calls it may be given at a time, and how long its connection may take and rest.
    """

    address: str
    server_name: str
    secret: ObjectKey | None
    secret_version: str | None
    identity: ClientIdentity | None
    rate_limit: RateLimit | None
    pooling: ConnectionPooling | None

    @property
    def secured(self) -> bool:
        """Tell whether both sides prove who they are."""
        return self.secret is not None or self.identity is not None


def destination(store: Store, provider: Provider, identity: ClientIdentity | None) -> Destination:
    """Find out where a provider is.

    Args:
        store: What is known of the cluster.
        provider: Which one.
        identity: What the manager shows to providers whose certificates it issues.

    Raises:
        Unavailable: Its Service has no address yet, or no pod answers.
        Refused: TLS is not configured, so nothing may be dialled.
    """
    secret = given_key(provider)
    version = store.secret_version(secret.namespace, secret.name) if secret is not None else None
    service, deployment = store.workload(service_key(provider)), store.workload(deployment_key(provider))
    return _destination(provider, service, deployment, version, identity)


@remembered(_PROVIDERS)
def _destination(
    provider: Provider,
    service: Workload | None,
    deployment: Workload | None,
    version: str | None,
    identity: ClientIdentity | None,
) -> Destination:
    state, secret = posture(provider), given_key(provider)
    if state.state not in (TlsState.ENABLED, TlsState.DISABLED):
        raise Refused(f"Provider {provider.metadata.namespace}/{provider.metadata.name}: {state.message}")
    if service is None or service.cluster_ip is None:
        raise Unavailable(f"{service_key(provider)} has no address yet")
    if deployment is None or deployment.ready_replicas == 0:
        raise Unavailable(f"no pod of {deployment_key(provider)} answers yet")
    return Destination(
        address=_host_and_port(service.cluster_ip, state),
        server_name=provider_dns_name(provider.metadata.namespace, provider.metadata.name),
        secret=secret,
        secret_version=version,
        identity=identity,
        rate_limit=provider.spec.rate_limit,
        pooling=provider.spec.connection_pooling,
    )


async def open_channel(store: Store, where: Destination) -> grpc.aio.Channel:
    """Open a channel; nothing is dialled before the first call.

    Raises:
        Unavailable: The TLS Secret does not exist, or can't be read.
        Refused: It holds nothing that can be used.
    """
    if where.identity is not None:
        return secure_channel(where.address, where.identity.material, where.server_name, _patience(where))
    if where.secret is None:
        return plaintext_channel(where.address, _patience(where))
    if where.secret_version is None:
        raise Unavailable(f"{where.secret} does not exist")
    try:
        values = await store.read_secret(where.secret.namespace, where.secret.name)
    except ClusterError as error:
        raise Unavailable(f"{where.secret} can't be read: {error}") from error
    return secure_channel(where.address, _material(where.secret, values or {}), where.server_name, _patience(where))


def _patience(where: Destination) -> ChannelPatience:
    if where.pooling is None:
        return ChannelPatience()
    return ChannelPatience(where.pooling.connection_timeout.timedelta, where.pooling.idle_timeout.timedelta)


def _material(secret: ObjectKey, values: Mapping[str, bytes]) -> TlsMaterial:
    missing = [key for key in TLS_SECRET_KEYS if not values.get(key)]
    if missing:
        raise Refused(f"{secret} has no {', '.join(missing)}")
    certificate, key, authority = (values[name] for name in TLS_SECRET_KEYS)
    try:
        return TlsMaterial(certificate=certificate, key=key, ca=authority)
    except ValueError as error:
        raise Refused(f"{secret}: {error}") from error


def _host_and_port(cluster_ip: str, state: Posture) -> str:
    return f"[{cluster_ip}]:{state.port}" if ":" in cluster_ip else f"{cluster_ip}:{state.port}"

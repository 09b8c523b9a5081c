"""Reading the certificates that the manager issues from their Secrets: each once per version.

Reconciles of Providers look here and issue what is due; connections take the manager's own certificate from here.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from virtrigaud_api.contract import Unavailable
from virtrigaud_api.wire.certificates import TlsMaterial

from virtrigaud_manager.certificates.authority import AUTHORITY_SECRET, Rule, authority_from
from virtrigaud_manager.certificates.peer import CLIENT_SECRET, Identities, Peer, peer_from
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import ClusterError, Store


@dataclass(frozen=True, slots=True)
class ClientIdentity:
    """What the manager shows to providers, and whom it trusts.

    Attributes:
        fingerprint: Differs for each certificate and each change of trust.
    """

    material: TlsMaterial
    fingerprint: str


@dataclass(frozen=True, slots=True)
class _Kept:
    version: str | None
    values: Mapping[str, bytes] | None


class Keeper:
    """The certificates of one manager.

    Args:
        namespace: Where the authority and the manager's own certificate are kept.
        rule: How long certificates live.
    """

    def __init__(self, store: Store, namespace: str, rule: Rule) -> None:
        self._store = store
        self.rule = rule
        self.authority_key = ObjectKey(ObjectKind.SECRET, namespace, AUTHORITY_SECRET)
        self.client_key = ObjectKey(ObjectKind.SECRET, namespace, CLIENT_SECRET)
        self._kept: dict[ObjectKey, _Kept] = {}
        self._client: tuple[_Kept, ClientIdentity] | None = None

    async def look(self, server: ObjectKey) -> Identities:
        """Read what was issued.

        Raises:
            ClusterError: The API server can't be asked.
        """
        return Identities(
            authority=authority_from((await self._read(self.authority_key)).values),
            client=peer_from((await self._read(self.client_key)).values),
            server=peer_from((await self._read(server)).values),
        )

    async def client(self) -> ClientIdentity:
        """Return the manager's own identity.

        Raises:
            Unavailable: It is not issued yet, or can't be read.
        """
        kept = self._kept.get(self.client_key)
        try:
            if kept is None or self._version(self.client_key) not in (None, kept.version):
                kept = await self._read(self.client_key)
        except ClusterError as error:
            raise Unavailable(f"{self.client_key} can't be read: {error}") from error
        if self._client is None or self._client[0] is not kept:
            peer = peer_from(kept.values)
            if peer is None:
                raise Unavailable(f"{self.client_key} holds no certificate of the manager yet")
            self._client = kept, _client_identity(peer)
        return self._client[1]

    def forget(self, server: ObjectKey) -> None:
        """Forget the certificate of a Provider that is gone."""
        self._kept.pop(server, None)

    async def _read(self, key: ObjectKey) -> _Kept:
        """Read a Secret anew when its version is another; one that is not watched has none and is read each time."""
        version, kept = self._version(key), self._kept.get(key)
        if kept is not None and version is not None and kept.version == version:
            return kept
        values = await self._store.read_secret(key.namespace, key.name)
        if kept is not None and kept.values == values:
            values = kept.values
            if kept.version == version:
                return kept
        kept = self._kept[key] = _Kept(version, values)
        return kept

    def _version(self, key: ObjectKey) -> str | None:
        return self._store.secret_version(key.namespace, key.name)


def _client_identity(peer: Peer) -> ClientIdentity:
    material = TlsMaterial(certificate=peer.pair.certificate, key=peer.pair.key, ca=peer.bundle)
    digest = hashlib.sha256(peer.pair.certificate + peer.bundle)
    return ClientIdentity(material, digest.hexdigest()[:32])

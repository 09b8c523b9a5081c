"""Tokens of service accounts: who they are for, how long, and what else their end is bound to."""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from virtrigaud_localkube.authorization.identity import (
    AUTHENTICATED,
    Identity,
    account_groups,
    account_name,
)
from virtrigaud_localkube.authorization.token_key import ALGORITHM, TokenKey
from virtrigaud_localkube.document import Document
from virtrigaud_localkube.registry.builtin import BOUND_COLLECTIONS, NODES, SERVICE_ACCOUNTS
from virtrigaud_localkube.storage.store import Store
from virtrigaud_localkube.storage.stored import Key, Stored

ISSUER: Final = "https://kubernetes.default.svc.cluster.local"
AUDIENCE: Final = ISSUER
_EXTRA: Final = "authentication.kubernetes.io"
KEYS_PATH: Final = "/openid/v1/jwks"


class TokenRejected(Exception):
    """A token that is none of ours, or no longer good."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The object whose end is the end of a token."""

    kind: str
    name: str
    uid: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What a good token says."""

    identity: Identity
    audiences: tuple[str, ...]


class ServiceAccountTokens:
    """Signs and verifies tokens."""

    def __init__(self, store: Store, key: TokenKey) -> None:
        self._store = store
        self._key = key

    def public_keys(self) -> Document:
        """What others verify tokens with."""
        return self._key.public_keys()

    def issue(self, account: Stored, audiences: Sequence[str], seconds: int, bound: Bound | None = None) -> str:
        """Signs a token for a service account."""
        start = int(time.time())
        _, namespace, name = account.key
        about: Document = {"namespace": namespace, "serviceaccount": {"name": name, "uid": account.uid}}
        if bound:
            about[bound.kind.lower()] = {"name": bound.name, "uid": bound.uid}
        claims = {
            "aud": list(audiences),
            "exp": start + seconds,
            "iat": start,
            "iss": ISSUER,
            "jti": str(uuid.uuid4()),
            "kubernetes.io": about,
            "nbf": start,
            "sub": account_name(namespace, name),
        }
        return self._key.sign(claims)

    def verify(self, token: str, audiences: Sequence[str] = (AUDIENCE,)) -> Verified:
        """Says whose token it is.

        Raises:
            TokenRejected: The signature is not ours, its time is over, it is for other audiences, or the account or
                the object that it is bound to is gone.
        """
        try:
            claims = self._key.claims(token)
        except ValueError as error:
            raise TokenRejected(f"the token is not signed by this server: {error}") from error
        moment = time.time()
        if not claims["nbf"] - 60 <= moment < claims["exp"]:
            raise TokenRejected("the token has expired")
        shared = tuple(audience for audience in audiences if audience in claims["aud"])
        if not shared:
            raise TokenRejected(f"token audiences {claims['aud']} is invalid for the target audiences {audiences}")
        about = claims["kubernetes.io"]
        namespace, account = about["namespace"], about["serviceaccount"]
        self._check_exists(Key(SERVICE_ACCOUNTS, namespace, account["name"]), account["uid"])
        extra = [(f"{_EXTRA}/credential-id", (f"JTI={claims['jti']}",))]
        for kind, collection in BOUND_COLLECTIONS.items():
            if bound := about.get(kind.lower()):
                within = "" if collection == NODES else namespace
                self._check_exists(Key(collection, within, bound["name"]), bound["uid"])
                extra.append((f"{_EXTRA}/{kind.lower()}-name", (bound["name"],)))
                extra.append((f"{_EXTRA}/{kind.lower()}-uid", (bound["uid"],)))
        groups = (*account_groups(namespace), AUTHENTICATED)
        return Verified(Identity(claims["sub"], groups, account["uid"], tuple(extra)), shared)

    def _check_exists(self, key: Key, uid: str) -> None:
        stored = self._store.get(key)
        if stored is None or stored.uid != uid:
            raise TokenRejected(f"{key.collection.lstrip('/')} {key.namespace}/{key.name} of the token is gone")


def issuer_configuration(url: str) -> Document:
    """Where others find what they verify tokens with (OpenID Connect Discovery 1.0), for a server at a URL."""
    return {
        "issuer": ISSUER,
        "jwks_uri": url + KEYS_PATH,
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
    }

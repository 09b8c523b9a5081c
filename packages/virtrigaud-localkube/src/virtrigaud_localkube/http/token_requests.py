"""The subresource `token` of service accounts: a signed token for a limited time, perhaps bound to an object."""

from datetime import UTC, datetime, timedelta
from typing import Final

from virtrigaud_localkube.api_error import bad_request, conflict, not_found
from virtrigaud_localkube.authorization.service_account_tokens import AUDIENCE, Bound, ServiceAccountTokens
from virtrigaud_localkube.document import Document, JsonValue, now
from virtrigaud_localkube.http.requests import Target
from virtrigaud_localkube.registry.builtin import BOUND_COLLECTIONS
from virtrigaud_localkube.storage.store import Store
from virtrigaud_localkube.storage.stored import Key

_SHORTEST: Final = 600
_LONGEST: Final = 1 << 32
_USUAL: Final = 3600


class TokenRequests:
    """Answers requests for tokens."""

    def __init__(self, store: Store, tokens: ServiceAccountTokens) -> None:
        self._store = store
        self._tokens = tokens

    def answer(self, target: Target, body: JsonValue) -> Document:
        """Signs a token as a TokenRequest asks for it.

        Raises:
            ApiError: The request is malformed (400), or the account or the bound object isn't there (404, 409).
        """
        account = self._store.get(target.resource.key(target.namespace, target.name))
        if account is None:
            raise not_found(target.resource.subject(target.name))
        spec = _spec(body)
        seconds = spec.get("expirationSeconds") or _USUAL
        if not isinstance(seconds, int) or isinstance(seconds, bool) or not _SHORTEST <= seconds <= _LONGEST:
            raise bad_request(f"spec.expirationSeconds: may not specify a duration less than 10 minutes: {seconds}")
        audiences = spec.get("audiences") or [AUDIENCE]
        if not isinstance(audiences, list) or not all(isinstance(audience, str) for audience in audiences):
            raise bad_request("spec.audiences must be a list of texts")
        bound = self._bound(target, spec.get("boundObjectRef"))
        expires = datetime.now(UTC) + timedelta(seconds=seconds)
        return {
            "kind": "TokenRequest",
            "apiVersion": "authentication.k8s.io/v1",
            "metadata": {"name": target.name, "namespace": target.namespace, "creationTimestamp": now()},
            "spec": spec | {"audiences": audiences, "expirationSeconds": seconds},
            "status": {
                "token": self._tokens.issue(account, audiences, seconds, bound),
                "expirationTimestamp": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
        }

    def _bound(self, target: Target, reference: JsonValue) -> Bound | None:
        if not reference:
            return None
        kind = reference.get("kind") if isinstance(reference, dict) else None
        if kind not in BOUND_COLLECTIONS:
            raise bad_request(f"spec.boundObjectRef: tokens can be bound to {', '.join(BOUND_COLLECTIONS)}, not {kind}")
        name, uid = str(reference.get("name") or ""), reference.get("uid")
        namespace = "" if kind == "Node" else target.namespace or ""
        stored = self._store.get(Key(BOUND_COLLECTIONS[kind], namespace, name))
        if stored is None:
            raise not_found(target.resource.subject(name))
        if uid and uid != stored.uid:
            raise conflict(target.resource.subject(name), f"the UID in the bound object reference ({uid}) is another")
        return Bound(kind, name, stored.uid)


def _spec(body: JsonValue) -> Document:
    spec = (body.get("spec") or {}) if isinstance(body, dict) else None
    if not isinstance(spec, dict):
        raise bad_request("the body must be a TokenRequest of authentication.k8s.io/v1")
    return spec

"""Reviews: questions to the server about who somebody is and what they may do. Nothing is stored."""

from typing import Final

from virtrigaud_localkube.api_error import Cause, invalid
from virtrigaud_localkube.authorization.access import Access
from virtrigaud_localkube.authorization.authentication import Authenticator
from virtrigaud_localkube.authorization.identity import Identity
from virtrigaud_localkube.authorization.rbac import Rbac
from virtrigaud_localkube.authorization.service_account_tokens import TokenRejected
from virtrigaud_localkube.document import Document, JsonValue, now
from virtrigaud_localkube.registry.creation import identify
from virtrigaud_localkube.registry.options import FieldValidation
from virtrigaud_localkube.registry.registry import check, complete
from virtrigaud_localkube.registry.resource import Resource

_ATTRIBUTES: Final = ("verb", "group", "resource", "subresource", "namespace", "name")


class Reviews:
    """Answers reviews."""

    def __init__(self, authenticator: Authenticator, rbac: Rbac) -> None:
        self._authenticator = authenticator
        self._rbac = rbac

    def answer(self, resource: Resource, namespace: str | None, body: JsonValue, who: Identity) -> Document:
        """Fills in the status of a review.

        Raises:
            ApiError: The review is malformed.
        """
        review = identify(resource, namespace, body)
        review["metadata"].setdefault("name", "review")
        complete(resource, review, None, FieldValidation.IGNORE)
        check(resource, review, None)
        review["metadata"] = {"creationTimestamp": now()}
        spec = review.get("spec") or {}
        match resource.kind:
            case "SelfSubjectReview":
                review["status"] = {"userInfo": who.user_info()}
            case "TokenReview":
                review["status"] = self._token_status(spec)
            case "SelfSubjectRulesReview":
                review["status"] = self._rules_status(who, spec.get("namespace") or "")
            case "SelfSubjectAccessReview":
                review["status"] = self._access_status(resource, who, spec)
            case _:
                review["status"] = self._access_status(resource, _reviewed(spec), spec)
        return review

    def _token_status(self, spec: Document) -> Document:
        try:
            verified = self._authenticator.of_token(spec.get("token") or "", spec.get("audiences") or ())
        except TokenRejected as rejected:
            return {"authenticated": False, "error": str(rejected), "user": {}}
        return {
            "authenticated": True,
            "user": verified.identity.user_info(),
            "audiences": list(verified.audiences),
        }

    def _access_status(self, resource: Resource, who: Identity, spec: Document) -> Document:
        about, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
        if about and not path:
            wanted = Access(*(about.get(field) or "" for field in _ATTRIBUTES))
        elif path and not about:
            wanted = Access(path.get("verb") or "", path=path.get("path") or "")
        else:
            message = "Invalid value: exactly one of nonResourceAttributes or resourceAttributes must be specified"
            raise invalid(resource.subject(), [Cause("FieldValueInvalid", message, "spec.resourceAttributes")])
        decision = self._rbac.decide(who, wanted)
        return {"allowed": decision.is_allowed, **({"reason": decision.reason} if decision.reason else {})}

    def _rules_status(self, who: Identity, namespace: str) -> Document:
        rules = [grant.rule for grant in self._rbac.grants(who, namespace)]
        return {
            "resourceRules": [rule.document() for rule in rules if not rule.paths],
            "nonResourceRules": [rule.document() for rule in rules if rule.paths],
            "incomplete": False,
        }


def _reviewed(spec: Document) -> Identity:
    """Whom a review of somebody else's access is about."""
    extra = tuple((key, tuple(values)) for key, values in (spec.get("extra") or {}).items())
    return Identity(spec.get("user") or "", tuple(spec.get("groups") or ()), spec.get("uid") or "", extra)

"""Reviews: questions to the server about who somebody is and what they may do. Nothing is stored.

There is one identity, the administrator, and it may do everything.
"""

from collections.abc import Callable
from typing import Final

from virtrigaud_localkube.document import Document, JsonValue, now
from virtrigaud_localkube.registry.creation import identify
from virtrigaud_localkube.registry.options import FieldValidation
from virtrigaud_localkube.registry.registry import check, complete
from virtrigaud_localkube.registry.resource import Resource

ADMINISTRATOR: Final = {
    "username": "localkube-admin",
    "groups": ["system:masters", "system:authenticated"],
}


class Reviews:
    """Answers reviews."""

    def __init__(self, is_token: Callable[[str], bool]) -> None:
        self._is_token = is_token

    def answer(self, resource: Resource, namespace: str | None, body: JsonValue) -> Document:
        """Fills in the status of a review.

        Raises:
            ApiError: The review is malformed.
        """
        review = identify(resource, namespace, body)
        review["metadata"].setdefault("name", "review")
        complete(resource, review, None, FieldValidation.IGNORE)
        check(resource, review, None)
        review["metadata"] = {"creationTimestamp": now()}
        review["status"] = self._status(resource.kind, review)
        return review

    def _status(self, kind: str, review: Document) -> Document:
        match kind:
            case "SelfSubjectReview":
                return {"userInfo": ADMINISTRATOR}
            case "TokenReview" if self._is_token((review.get("spec") or {}).get("token", "")):
                return {"authenticated": True, "user": ADMINISTRATOR}
            case "TokenReview":
                return {"authenticated": False, "error": "the token is not known to this server", "user": {}}
            case "SelfSubjectRulesReview":
                everything = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
                paths = {"verbs": ["*"], "nonResourceURLs": ["*"]}
                return {"resourceRules": [everything], "nonResourceRules": [paths], "incomplete": False}
            case _:
                return {"allowed": True, "reason": "the administrator of this server may do everything"}

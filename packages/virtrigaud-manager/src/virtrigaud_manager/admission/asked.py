"""A request that admission is asked about, read from an AdmissionReview; and the answer, written into one.

The edge between Kubernetes' documents and the values that the rules work with. The form of both is that of
admission.k8s.io/v1.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import to_json
from virtrigaud_api.v1beta1 import KINDS, KubeObject

from virtrigaud_manager.admission.verdict import Verdict

_FORBIDDEN: Final = 403
_LONGEST_WARNING: Final = 250
_MODELS: Final[Mapping[str, type[KubeObject]]] = {model.names.kind: model for model in KINDS}


class Operation(StrEnum):
    """What is done to the object."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


class UnreadableReviewError(Exception):
    """What was sent is no AdmissionReview that can be answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A write that somebody wants to make.

    Attributes:
        new: The object as it would be; None when it is deleted.
        old: The object as it is; None when it is created.
        document: The object as it would be, as it was sent.
    """

    uid: str
    operation: Operation
    kind: str
    namespace: str
    name: str
    dry_run: bool
    new: KubeObject | None
    old: KubeObject | None
    document: Mapping[str, Any]


class _Kind(BaseModel):
    kind: str


class _Metadata(BaseModel):
    name: str = ""
    finalizers: list[str] | None = None


class _Document(BaseModel):
    """The parts of an object that are read before its schema has been looked at."""

    model_config = ConfigDict(hide_input_in_errors=True)

    metadata: _Metadata = _Metadata()


class _Request(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    uid: str
    kind: _Kind
    operation: Operation
    namespace: str = ""
    name: str = ""
    dry_run: bool = Field(default=False, alias="dryRun")
    object: dict[str, Any] | None = None
    old_object: dict[str, Any] | None = Field(default=None, alias="oldObject")


class _Review(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    request: _Request


def read(body: bytes, *, whole: bool) -> Asked:
    """Read an AdmissionReview.

    Args:
        body: What the API server sent.
        whole: The objects have passed their schema, so they are read as what they are.

    Raises:
        UnreadableReviewError: It is none, or the objects are not of a kind of ours.
    """
    try:
        request = _Review.model_validate_json(body).request
        old, new = request.old_object, request.object
        seen = _Document.model_validate(new or {})
        return Asked(
            uid=request.uid,
            operation=request.operation,
            kind=request.kind.kind,
            namespace=request.namespace,
            name=request.name or seen.metadata.name,
            dry_run=request.dry_run,
            new=_parsed(request.kind.kind, new) if whole else None,
            old=_parsed(request.kind.kind, old) if whole else None,
            document=new or {},
        )
    except ValidationError as error:
        places = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors())
        raise UnreadableReviewError(f"the AdmissionReview can't be read: {places}") from error


def answer(asked: Asked, verdict: Verdict, patch: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Write the AdmissionReview that answers."""
    response: dict[str, Any] = {"uid": asked.uid, "allowed": verdict.allowed}
    if not verdict.allowed:
        causes = [
            {"reason": "FieldValueForbidden", "field": refusal.field, "message": refusal.message}
            for refusal in verdict.refusals
        ]
        response["status"] = {
            "code": _FORBIDDEN,
            "reason": "Forbidden",
            "message": verdict.message,
            "details": {"causes": causes},
        }
    if verdict.warnings:
        response["warnings"] = [warning[:_LONGEST_WARNING] for warning in verdict.warnings]
    if patch:
        response["patchType"] = "JSONPatch"
        response["patch"] = base64.b64encode(to_json(patch)).decode()
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}


def _parsed(kind: str, document: dict[str, Any] | None) -> KubeObject | None:
    model = _MODELS.get(kind)
    return None if document is None or model is None else model.from_manifest(document)

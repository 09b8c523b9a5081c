"""The rules for names, labels, annotations and other metadata that users write."""

import re
from collections.abc import Iterator
from typing import Any, Final

from virtrigaud_localkube.api_error import Cause
from virtrigaud_localkube.document import Document

LABEL: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
SUBDOMAIN: Final = re.compile(r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_PATH_SEGMENT: Final = re.compile(r"(?!\.{1,2}$)[^/%]+")
_QUALIFIED: Final = re.compile(r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_LABEL_VALUE: Final = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
_FINALIZER: Final = re.compile(r"[A-Za-z0-9][-A-Za-z0-9_.]*(/[A-Za-z0-9][-A-Za-z0-9_.]*)?")
_ANNOTATIONS_LIMIT: Final = 256 * 1024

_LABEL_NAMED_KINDS: Final = {"Namespace", "Service"}
_RBAC_GROUP: Final = "rbac.authorization.k8s.io"
_LABEL_RULE: Final = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
    "and must start and end with an alphanumeric character"
)
_SUBDOMAIN_RULE: Final = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    "and must start and end with an alphanumeric character"
)


def check_metadata(document: Document, group: str, kind: str) -> list[Cause]:
    """Lists what is wrong with the metadata of an object."""
    metadata = document["metadata"]
    return [
        *_check_name(metadata.get("name", ""), group, kind),
        *_check_labels(metadata.get("labels") or {}),
        *_check_annotations(metadata.get("annotations") or {}),
        *_check_finalizers(metadata.get("finalizers") or []),
        *_check_owners(metadata.get("ownerReferences") or []),
    ]


def _check_name(name: str, group: str, kind: str) -> Iterator[Cause]:
    if group == _RBAC_GROUP:
        pattern, rule = _PATH_SEGMENT, "may not be '.' or '..', and may not contain '/' or '%'"
    elif not group and kind in _LABEL_NAMED_KINDS:
        pattern, rule = LABEL, _LABEL_RULE
    else:
        pattern, rule = SUBDOMAIN, _SUBDOMAIN_RULE
    if not pattern.fullmatch(name):
        yield Cause("FieldValueInvalid", f'Invalid value: "{name}": {rule}', "metadata.name")


def _check_labels(labels: dict[str, str]) -> Iterator[Cause]:
    for key, value in labels.items():
        if not _QUALIFIED.fullmatch(key):
            yield Cause("FieldValueInvalid", f'Invalid value: "{key}": no valid label key', "metadata.labels")
        if not _LABEL_VALUE.fullmatch(value):
            message = f'Invalid value: "{value}": a valid label value has at most 63 characters, alphanumeric or -_.'
            yield Cause("FieldValueInvalid", message, "metadata.labels")


def _check_annotations(annotations: dict[str, str]) -> Iterator[Cause]:
    for key in annotations:
        if not _QUALIFIED.fullmatch(key.lower()):
            yield Cause("FieldValueInvalid", f'Invalid value: "{key}": no valid annotation key', "metadata.annotations")
    if sum(len(key) + len(value) for key, value in annotations.items()) > _ANNOTATIONS_LIMIT:
        message = f"Too long: may not be more than {_ANNOTATIONS_LIMIT} bytes"
        yield Cause("FieldValueTooLong", message, "metadata.annotations")


def _check_finalizers(finalizers: list[str]) -> Iterator[Cause]:
    for index, finalizer in enumerate(finalizers):
        if not _FINALIZER.fullmatch(finalizer):
            message = f'Invalid value: "{finalizer}": name part must be a qualified name'
            yield Cause("FieldValueInvalid", message, f"metadata.finalizers[{index}]")


def _check_owners(owners: list[dict[str, Any]]) -> Iterator[Cause]:
    for index, owner in enumerate(owners):
        for field in ("apiVersion", "kind", "name", "uid"):
            if not owner.get(field):
                message = "Invalid value: must not be empty"
                yield Cause("FieldValueInvalid", message, f"metadata.ownerReferences[{index}].{field}")
    if sum(bool(owner.get("controller")) for owner in owners) > 1:
        message = "Invalid value: only one reference can have controller set to true"
        yield Cause("FieldValueInvalid", message, "metadata.ownerReferences")

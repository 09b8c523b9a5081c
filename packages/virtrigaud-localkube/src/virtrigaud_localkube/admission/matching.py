"""Which requests a webhook or a policy is about: by group, version, resource, operation and labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from virtrigaud_localkube.admission.request import AdmissionRequest
from virtrigaud_localkube.registry.builtin import NAMESPACES
from virtrigaud_localkube.storage.store import Store
from virtrigaud_localkube.storage.stored import Key
from virtrigaud_localkube.watch.selectors import Requirement, structured_labels

_ANY: Final = "*"


@dataclass(frozen=True, slots=True)
class Scope:
    """The requests that somebody wants to be asked about."""

    rules: tuple[Mapping[str, Any], ...]
    object_labels: tuple[Requirement, ...]
    namespace_labels: tuple[Requirement, ...]

    @classmethod
    def parse(cls, rules: Sequence[Mapping[str, Any]], selectors: Mapping[str, Any]) -> "Scope":
        """Reads the rules and the selectors of a webhook or a policy."""
        return cls(
            rules=tuple({**rule, "resources": frozenset(map(_whole, rule.get("resources") or ()))} for rule in rules),
            object_labels=structured_labels(selectors.get("objectSelector") or {}),
            namespace_labels=structured_labels(selectors.get("namespaceSelector") or {}),
        )

    def takes(self, request: AdmissionRequest, store: Store) -> bool:
        """Tells whether a request is in scope."""
        plural, part = request.resource.plural, request.subresource
        names = (f"{plural}/{part}", f"{plural}/*", f"*/{part}", "*/*")
        return (
            any(not rule["resources"].isdisjoint(names) and _rule_takes(rule, request) for rule in self.rules)
            and self._takes_object(request)
            and self._takes_namespace(request, store)
        )

    def _takes_object(self, request: AdmissionRequest) -> bool:
        if not self.object_labels:
            return True
        documents = [document for document in (request.document, request.old) if document]
        return any(
            all(asks(document["metadata"].get("labels") or {}) for asks in self.object_labels) for document in documents
        )

    def _takes_namespace(self, request: AdmissionRequest, store: Store) -> bool:
        if not self.namespace_labels or not request.key.namespace:
            return True
        namespace = store.get(Key(NAMESPACES, "", request.key.namespace))
        return namespace is None or all(asks(namespace.labels) for asks in self.namespace_labels)


def _rule_takes(rule: Mapping[str, Any], request: AdmissionRequest) -> bool:
    resource = request.resource
    scope = rule.get("scope") or _ANY
    return (
        _listed(rule.get("apiGroups"), resource.group)
        and _listed(rule.get("apiVersions"), resource.version)
        and _listed(rule.get("operations"), request.operation)
        and (scope == _ANY or (scope == "Namespaced") is resource.is_namespaced)
    )


def _listed(values: Sequence[str] | None, value: str) -> bool:
    return values is not None and (_ANY in values or value in values)


def _whole(pattern: str) -> str:
    """A pattern for resources with its part for subresources, which is empty for the objects themselves."""
    return pattern if "/" in pattern else f"{pattern}/"

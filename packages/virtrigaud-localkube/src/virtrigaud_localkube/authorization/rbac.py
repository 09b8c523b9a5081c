"""Decides what an identity may do, from the roles and bindings in the store.

Everything that was worked out is remembered until a role or a binding changes, so that a decision costs a look-up.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from virtrigaud_localkube.authorization.access import Access, PolicyRule
from virtrigaud_localkube.authorization.identity import Identity, account_name
from virtrigaud_localkube.document import Document
from virtrigaud_localkube.registry.builtin import (
    CLUSTER_ROLE_BINDINGS,
    CLUSTER_ROLES,
    ROLE_BINDINGS,
    ROLES,
)
from virtrigaud_localkube.storage.store import Store
from virtrigaud_localkube.storage.stored import Change, Key

_SOURCES: Final = frozenset({ROLES, CLUSTER_ROLES, ROLE_BINDINGS, CLUSTER_ROLE_BINDINGS})
_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Grant:
    """A rule that is in force for somebody, and what put it in force."""

    rule: PolicyRule
    source: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something is allowed, and by what."""

    is_allowed: bool
    reason: str = ""


_MASTERS_MAY: Final = Decision(is_allowed=True)
_NOBODY_ALLOWED_IT: Final = Decision(is_allowed=False)


class Rbac:
    """The roles and bindings in force."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._grants: dict[tuple[Identity, str], tuple[Grant, ...]] = {}
        self._decisions: dict[tuple[Identity, Access], Decision] = {}
        store.listen(self._follow)

    def decide(self, who: Identity, wanted: Access) -> Decision:
        """Decides whether somebody may do what they want."""
        if who.is_master:
            return _MASTERS_MAY
        question = (who, wanted)
        decision = self._decisions.get(question)
        if decision is None:
            if len(self._decisions) >= _REMEMBERED:
                self._decisions.clear()
            decision = self._decisions[question] = self._decide(who, wanted)
        return decision

    def _decide(self, who: Identity, wanted: Access) -> Decision:
        for grant in self.grants(who, wanted.namespace):
            if grant.rule.allows(wanted):
                return Decision(is_allowed=True, reason=f"RBAC: allowed by {grant.source}")
        return _NOBODY_ALLOWED_IT

    def grants(self, who: Identity, namespace: str) -> tuple[Grant, ...]:
        """The rules in force for somebody in a namespace; in the empty one, only those for the whole cluster."""
        place = (who, namespace)
        if place not in self._grants:
            if len(self._grants) >= _REMEMBERED:
                self._grants.clear()
            self._grants[place] = tuple(self._find(who, namespace))
        return self._grants[place]

    def rules_of_role(self, reference: Mapping[str, Any], namespace: str) -> tuple[PolicyRule, ...] | None:
        """The rules of the role that a binding refers to; None when there is no such role."""
        is_cluster_wide = reference.get("kind") == "ClusterRole"
        place = (CLUSTER_ROLES, "") if is_cluster_wide else (ROLES, namespace)
        stored = self._store.get(Key(*place, reference.get("name", "")))
        return rules_in(stored.document()) if stored else None

    def _find(self, who: Identity, namespace: str) -> Iterator[Grant]:
        places = [(CLUSTER_ROLE_BINDINGS, None), *([(ROLE_BINDINGS, namespace)] if namespace else [])]
        for collection, within in places:
            for stored in self._store.objects(collection, within):
                binding = stored.document()
                if subject := _subject(binding, who):
                    reference = binding["roleRef"]
                    name = f"{stored.key.name}/{within}" if within else stored.key.name
                    source = f'{binding["kind"]} "{name}" of {reference["kind"]} "{reference["name"]}" to {subject}'
                    for rule in self.rules_of_role(reference, namespace) or ():
                        yield Grant(rule, source)

    def _follow(self, change: Change) -> None:
        if change.stored.key.collection in _SOURCES:
            self._grants.clear()
            self._decisions.clear()


def rules_in(role: Document) -> tuple[PolicyRule, ...]:
    """The rules of a role."""
    return tuple(PolicyRule.parse(rule) for rule in role.get("rules") or ())


def _subject(binding: Document, who: Identity) -> str:
    """The first subject of a binding that means somebody, as text; empty when none does."""
    for subject in binding.get("subjects") or ():
        kind, name = subject.get("kind"), subject.get("name", "")
        namespace = subject.get("namespace") or binding["metadata"].get("namespace", "")
        match kind:
            case "User" if name == who.name:
                return f'User "{name}"'
            case "Group" if name in who.groups:
                return f'Group "{name}"'
            case "ServiceAccount" if account_name(namespace, name) == who.name:
                return f'ServiceAccount "{name}/{namespace}"'
            case _:
                continue
    return ""

"""What somebody wants to do: a verb on a resource or on a path, and what a role's rule says about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from virtrigaud_localkube.document import Document

_ANY: Final = "*"


@dataclass(frozen=True, slots=True)
class Access:
    """One thing that somebody wants to do; `path` is set instead of a resource where there is none."""

    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""

    @property
    def full_resource(self) -> str:
        """The resource as rules name it, with its subresource."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource

    def rule(self) -> "PolicyRule":
        """The rule that gives this and nothing else."""
        if self.path:
            return PolicyRule(verbs=frozenset({self.verb}), paths=frozenset({self.path}))
        values = ({self.verb}, {self.group}, {self.full_resource}, {self.name} - {""})
        return PolicyRule(*map(frozenset, values))

    def refusal(self, user: str) -> str:
        """Why the request of a user who may not do this fails, in the words of Kubernetes."""
        if self.path:
            return f'User "{user}" cannot {self.verb} path "{self.path}"'
        where = f'in the namespace "{self.namespace}"' if self.namespace else "at the cluster scope"
        return f'User "{user}" cannot {self.verb} resource "{self.full_resource}" in API group "{self.group}" {where}'


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One rule of a role. Without names it is about all objects."""

    verbs: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    resources: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, rule: Mapping[str, Any]) -> "PolicyRule":
        """Reads a rule as a role spells it."""
        fields = ("verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs")
        return cls(*(frozenset(rule.get(field) or ()) for field in fields))

    def document(self) -> Document:
        """The rule as a role spells it."""
        spelled = {
            "verbs": sorted(self.verbs),
            "apiGroups": sorted(self.groups),
            "resources": sorted(self.resources),
            "resourceNames": sorted(self.names),
            "nonResourceURLs": sorted(self.paths),
        }
        return {key: values for key, values in spelled.items() if values}

    def allows(self, wanted: Access) -> bool:
        """Tells whether the rule lets somebody do what they want."""
        if not _listed(self.verbs, wanted.verb):
            return False
        if wanted.path:
            return self._has_path(wanted.path)
        return (
            _listed(self.groups, wanted.group)
            and self._has_resource(wanted.full_resource)
            and (not self.names or wanted.name in self.names)
        )

    def parts(self) -> Iterator[Access]:
        """What the rule gives, one by one; a star is given only by a rule that has one."""
        for verb, path in product(sorted(self.verbs), sorted(self.paths)):
            yield Access(verb, path=path)
        fields = (self.verbs, self.groups, self.resources, self.names or {""})
        for verb, group, resource, name in product(*map(sorted, fields)):
            yield Access(verb, group, resource, name=name)

    def _has_resource(self, full_resource: str) -> bool:
        if _listed(self.resources, full_resource):
            return True
        _, slash, subresource = full_resource.partition("/")
        return bool(slash) and f"{_ANY}/{subresource}" in self.resources

    def _has_path(self, path: str) -> bool:
        if path in self.paths:
            return True
        return any(pattern.endswith(_ANY) and path.startswith(pattern[:-1]) for pattern in self.paths)


def _listed(values: frozenset[str], value: str) -> bool:
    return value in values or _ANY in values

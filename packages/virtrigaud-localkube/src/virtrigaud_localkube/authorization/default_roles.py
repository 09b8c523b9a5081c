"""The roles that every cluster has, and to whom they are bound. Their rules are in `default_roles.tsv`.

Roles that users changed are left alone; missing ones are made again at each start.
"""

from collections.abc import Iterator
from importlib import resources
from typing import Final

from virtrigaud_localkube.authorization.access import PolicyRule
from virtrigaud_localkube.authorization.identity import AUTHENTICATED, MASTERS, SERVICE_ACCOUNTS, UNAUTHENTICATED
from virtrigaud_localkube.document import Document
from virtrigaud_localkube.registry.builtin import RBAC_GROUP

# Each of these is the sum of the next one's rules and its own.
_USER_FACING: Final = ("view", "edit", "admin")
_BINDINGS: Final = {
    "cluster-admin": (MASTERS,),
    "system:discovery": (AUTHENTICATED,),
    "system:basic-user": (AUTHENTICATED,),
    "system:service-account-issuer-discovery": (SERVICE_ACCOUNTS,),
    "system:public-info-viewer": (AUTHENTICATED, UNAUTHENTICATED),
}
_LABELS: Final = {"kubernetes.io/bootstrapping": "rbac-defaults"}
_AGGREGATE: Final = f"{RBAC_GROUP}/aggregate-to-"


def default_roles() -> list[Document]:
    """The ClusterRoles that exist without anybody making them."""
    return [*_rule_roles(), *(_summed_role(name) for name in _USER_FACING)]


def default_bindings() -> list[Document]:
    """The ClusterRoleBindings that exist without anybody making them."""
    return [
        {
            "metadata": {"name": role, "labels": dict(_LABELS)},
            "roleRef": {"apiGroup": RBAC_GROUP, "kind": "ClusterRole", "name": role},
            "subjects": [{"apiGroup": RBAC_GROUP, "kind": "Group", "name": group} for group in groups],
        }
        for role, groups in _BINDINGS.items()
    ]


def _rule_roles() -> Iterator[Document]:
    rules: dict[str, list[Document]] = {}
    table = (resources.files(__package__) / "default_roles.tsv").read_text()
    for line in table.splitlines()[1:]:
        name, verbs, groups, named, paths = (column.split() for column in line.split("\t"))
        groups = ["" if group == "core" else group for group in groups]
        rule = PolicyRule(frozenset(verbs), frozenset(groups), frozenset(named), paths=frozenset(paths))
        rules.setdefault(name[0], []).append(rule.document())
    for role, its_rules in rules.items():
        target = role.removeprefix("system:aggregate-to-")
        labels = _LABELS | ({f"{_AGGREGATE}{target}": "true"} if target != role else {})
        yield {"metadata": {"name": role, "labels": labels}, "rules": its_rules}


def _summed_role(name: str) -> Document:
    rank = _USER_FACING.index(name)
    labels = {f"{_AGGREGATE}{higher}": "true" for higher in _USER_FACING[rank + 1 : rank + 2]}
    selectors = [{"matchLabels": {f"{_AGGREGATE}{name}": "true"}}]
    return {
        "metadata": {"name": name, "labels": _LABELS | labels},
        "aggregationRule": {"clusterRoleSelectors": selectors},
    }

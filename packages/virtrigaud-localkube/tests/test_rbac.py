"""The decisions behind a request, without a server: they are remembered, and forgotten when a role changes."""

from pathlib import Path
from typing import Any

import pytest
from virtrigaud_localkube.authorization.access import Access, PolicyRule
from virtrigaud_localkube.authorization.identity import ADMINISTRATOR, authenticated
from virtrigaud_localkube.authorization.rbac import Decision, Rbac
from virtrigaud_localkube.registry.builtin import CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES
from virtrigaud_localkube.storage.store import Store
from virtrigaud_localkube.storage.stored import Key

JANE = authenticated("jane")
LIST_PODS = Access("list", resource="pods", namespace="default")


async def store_rules(store: Store, rules: list[dict[str, Any]]) -> None:
    role = {"kind": "ClusterRole", "metadata": {"name": "reader", "uid": "1"}, "rules": rules}
    await store.put(Key(CLUSTER_ROLES, "", "reader"), role)


async def test_a_decision_is_remembered_until_a_role_changes(tmp_path: Path) -> None:
    store = Store(tmp_path / "state.db")
    rbac = Rbac(store)
    await store_rules(store, [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}])
    binding = {
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "readers", "uid": "2"},
        "roleRef": {"kind": "ClusterRole", "name": "reader"},
        "subjects": [{"kind": "User", "name": "jane"}],
    }
    await store.put(Key(CLUSTER_ROLE_BINDINGS, "", "readers"), binding)
    first = rbac.decide(JANE, LIST_PODS)
    reason = 'RBAC: allowed by ClusterRoleBinding "readers" of ClusterRole "reader" to User "jane"'
    assert first == Decision(is_allowed=True, reason=reason)
    assert rbac.decide(JANE, LIST_PODS) is first
    await store_rules(store, [])
    assert rbac.decide(JANE, LIST_PODS) == Decision(is_allowed=False)
    assert rbac.decide(ADMINISTRATOR, LIST_PODS) == Decision(is_allowed=True)
    store.close()


@pytest.mark.parametrize(
    ("own", "given", "is_covered"),
    [
        ({"verbs": ["*"]}, {"verbs": ["get"]}, True),
        ({"verbs": ["get"]}, {"verbs": ["*"]}, False),
        ({"apiGroups": ["*"]}, {"apiGroups": ["apps"]}, True),
        ({"resources": ["pods"]}, {"resources": ["pods/log"]}, False),
        ({"resources": ["*/log"]}, {"resources": ["pods/log"]}, True),
        ({"resourceNames": ["a"]}, {"resourceNames": ["a"]}, True),
        ({"resourceNames": ["a"]}, {}, False),
        ({}, {"resourceNames": ["a"]}, True),
    ],
)
def test_a_rule_covers_what_says_no_more(own: dict[str, Any], given: dict[str, Any], *, is_covered: bool) -> None:
    usual = {"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}
    (part,) = PolicyRule.parse(usual | given).parts()
    assert PolicyRule.parse(usual | own).allows(part) is is_covered


@pytest.mark.parametrize(
    ("pattern", "path", "is_covered"),
    [("*", "/a", True), ("/a/*", "/a/b", True), ("/a/*", "/a", False), ("/a", "/a/*", False), ("/a/*", "/a/b/*", True)],
)
def test_a_path_covers_what_is_below_its_star(pattern: str, path: str, *, is_covered: bool) -> None:
    (part,) = PolicyRule.parse({"verbs": ["get"], "nonResourceURLs": [path]}).parts()
    assert PolicyRule.parse({"verbs": ["get"], "nonResourceURLs": [pattern]}).allows(part) is is_covered

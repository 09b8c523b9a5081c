"""What identities may do: by roles, bindings, names, paths and aggregation, and what they may not give away."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
from localkube_client import Answer, Client, config_map, config_maps, eventually, gadget, gadgets

RBAC = "/apis/rbac.authorization.k8s.io/v1"
CORE_READ = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch"]}

Bind = Callable[..., None]


@pytest.fixture
def jane(api: Client, ns: str) -> Client:
    """Somebody whom no role knows yet."""
    return api.acting_as(f"jane-{ns}")


@pytest.fixture
def clean(api: Client) -> Iterator[list[str]]:
    """Cluster-wide objects that a test makes, by path; they are deleted behind it."""
    made: list[str] = []
    yield made
    for path in reversed(made):
        api.delete(path)


def binding(role: str, user: str, kind: str = "Role", subject: str = "User") -> dict[str, Any]:
    group = {} if subject == "ServiceAccount" else {"apiGroup": "rbac.authorization.k8s.io"}
    return {
        "metadata": {"name": role},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role},
        "subjects": [{"kind": subject, "name": user, **group}],
    }


def grant(api: Client, ns: str, *rules: dict[str, Any], name: str = "granted") -> None:
    """Gives Jane rules in her namespace."""
    api.made(f"{RBAC}/namespaces/{ns}/roles", {"metadata": {"name": name}, "rules": list(rules)})
    api.made(f"{RBAC}/namespaces/{ns}/rolebindings", binding(name, f"jane-{ns}"))


def refused(answer: Answer) -> str:
    assert answer.reason == (403, "Forbidden"), answer.body
    return str(answer.body["message"])


def test_what_no_role_allows_is_forbidden_and_the_message_says_all(jane: Client, ns: str) -> None:
    who = f'User "jane-{ns}" cannot'
    assert refused(jane.get(config_maps(ns, "one"))) == (
        f'configmaps "one" is forbidden: {who} get resource "configmaps" in API group "" in the namespace "{ns}"'
    )
    assert refused(jane.get("/api/v1/nodes")) == (
        f'nodes is forbidden: {who} list resource "nodes" in API group "" at the cluster scope'
    )
    assert refused(jane.get("/metrics")) == f'forbidden: {who} get path "/metrics"'


@pytest.mark.parametrize(
    ("path", "what"),
    [
        (
            "/apis/nowhere.example.com/v1/things",
            'list resource "things" in API group "nowhere.example.com" at the cluster',
        ),
        ("/api/v1/namespaces/default/nothings/a/log", 'get resource "nothings/log" in API group "" in the namespace'),
    ],
)
def test_nobody_learns_whether_something_exists_that_they_may_not_see(
    api: Client, jane: Client, ns: str, path: str, what: str
) -> None:
    assert f'User "jane-{ns}" cannot {what} ' in refused(jane.get(path))
    assert api.get(path).reason == (404, "NotFound")


def test_a_role_gives_its_verbs_and_no_others(api: Client, jane: Client, ns: str) -> None:
    api.made(config_maps(ns), config_map("one"))
    grant(api, ns, CORE_READ)
    assert jane.get(config_maps(ns, "one")).status == 200
    assert jane.get(config_maps(ns)).names.count("one") == 1
    assert jane.get(config_maps(ns), watch="true", timeoutSeconds="1").status == 200
    writes = [
        jane.post(config_maps(ns), config_map("two")),
        jane.put(config_maps(ns, "one"), config_map("one")),
        jane.patch(config_maps(ns, "one"), {"data": {"a": "2"}}),
        jane.apply(config_maps(ns, "two"), config_map("two"), "jane"),
        jane.delete(config_maps(ns, "one")),
        jane.delete(config_maps(ns)),
    ]
    verbs = [refused(answer).split("cannot ")[1].split(" ")[0] for answer in writes]
    assert verbs == ["create", "update", "patch", "patch", "delete", "deletecollection"]
    assert refused(jane.get(config_maps("default", "one")))


def test_a_role_counts_from_when_it_is_bound_until_it_is_not(api: Client, jane: Client, ns: str) -> None:
    grant(api, ns, CORE_READ)
    assert jane.get(config_maps(ns)).status == 200
    api.patch(f"{RBAC}/namespaces/{ns}/roles/granted", {"rules": []})
    eventually(lambda: jane.get(config_maps(ns)).status == 403)
    api.patch(f"{RBAC}/namespaces/{ns}/roles/granted", {"rules": [CORE_READ]})
    eventually(lambda: jane.get(config_maps(ns)).status == 200)
    api.delete(f"{RBAC}/namespaces/{ns}/rolebindings/granted")
    eventually(lambda: jane.get(config_maps(ns)).status == 403)


def test_resource_names_limit_a_rule(api: Client, jane: Client, ns: str) -> None:
    for name in ("mine", "other"):
        api.made(config_maps(ns), config_map(name))
    grant(api, ns, CORE_READ | {"resourceNames": ["mine"]})
    assert jane.get(config_maps(ns, "mine")).status == 200
    assert jane.get(config_maps(ns), fieldSelector="metadata.name=mine").names == ["mine"]
    assert refused(jane.get(config_maps(ns, "other")))
    assert refused(jane.get(config_maps(ns)))


def test_a_subresource_needs_a_rule_of_its_own(api: Client, jane: Client, ns: str, gadget_kind: str) -> None:
    api.made(gadgets(ns), gadget("one"))
    group = {"apiGroups": ["conformance.example.com"], "verbs": ["get", "patch"]}
    grant(api, ns, group | {"resources": ["gadgets/status"]})
    assert jane.patch(gadgets(ns, "one") + "/status", {"status": {"phase": "Up"}}).status == 200
    assert refused(jane.patch(gadgets(ns, "one"), {"spec": {"size": 3}}))
    assert 'resource "gadgets/scale"' in refused(jane.get(gadgets(ns, "one") + "/scale"))
    grant(api, ns, group | {"resources": ["*/scale"]}, name="scaler")
    eventually(lambda: jane.get(gadgets(ns, "one") + "/scale").status == 200)


def test_applying_something_that_is_not_there_yet_needs_create_too(api: Client, jane: Client, ns: str) -> None:
    grant(api, ns, CORE_READ | {"verbs": ["patch"]})
    assert '"configmaps" in API group' in refused(jane.apply(config_maps(ns, "one"), config_map("one"), "jane"))
    api.made(config_maps(ns), config_map("one"))
    assert jane.apply(config_maps(ns, "one"), config_map("one", {"b": "2"}), "jane").status == 200


def test_a_cluster_role_reaches_as_far_as_its_binding(api: Client, jane: Client, ns: str, clean: list[str]) -> None:
    name = f"reader-{ns}"
    clean += [f"{RBAC}/clusterroles/{name}", f"{RBAC}/clusterrolebindings/{name}"]
    api.made(f"{RBAC}/clusterroles", {"metadata": {"name": name}, "rules": [CORE_READ]})
    api.made(f"{RBAC}/namespaces/{ns}/rolebindings", binding(name, f"jane-{ns}", "ClusterRole"))
    assert [jane.get(config_maps(place)).status for place in (ns, "default")] == [200, 403]
    assert refused(jane.get("/api/v1/configmaps"))
    api.made(f"{RBAC}/clusterrolebindings", binding(name, f"jane-{ns}", "ClusterRole"))
    eventually(lambda: jane.get("/api/v1/configmaps").status == 200)


def test_groups_are_subjects(api: Client, ns: str) -> None:
    grant(api, ns, CORE_READ)
    team = binding("granted", f"team-{ns}", subject="Group") | {"metadata": {"name": "team"}}
    api.made(f"{RBAC}/namespaces/{ns}/rolebindings", team)
    assert api.acting_as("joe", f"team-{ns}").get(config_maps(ns)).status == 200
    assert api.acting_as("joe", "another").get(config_maps(ns)).status == 403


def test_a_rule_about_paths(api: Client, jane: Client, ns: str, clean: list[str]) -> None:
    name = f"paths-{ns}"
    clean += [f"{RBAC}/clusterroles/{name}", f"{RBAC}/clusterrolebindings/{name}"]
    rule = {"verbs": ["get"], "nonResourceURLs": ["/status/*"]}
    api.made(f"{RBAC}/clusterroles", {"metadata": {"name": name}, "rules": [rule]})
    api.made(f"{RBAC}/clusterrolebindings", binding(name, f"jane-{ns}", "ClusterRole"))
    assert jane.get("/status/one").status == 404
    assert refused(jane.get("/statu"))
    assert jane.get("/apis").status == 200


def test_an_aggregating_role_is_the_sum_of_what_it_selects(
    api: Client, jane: Client, ns: str, clean: list[str]
) -> None:
    total, part = f"total-{ns}", f"part-{ns}"
    clean += [f"{RBAC}/clusterroles/{total}", f"{RBAC}/clusterroles/{part}"]
    rule = {"clusterRoleSelectors": [{"matchLabels": {f"example.com/{ns}": "true"}}]}
    api.made(f"{RBAC}/clusterroles", {"metadata": {"name": total}, "aggregationRule": rule})
    api.made(f"{RBAC}/namespaces/{ns}/rolebindings", binding(total, f"jane-{ns}", "ClusterRole"))
    assert refused(jane.get(config_maps(ns)))
    labels = {f"example.com/{ns}": "true"}
    api.made(f"{RBAC}/clusterroles", {"metadata": {"name": part, "labels": labels}, "rules": [CORE_READ]})
    eventually(lambda: jane.get(config_maps(ns)).status == 200)
    assert api.get(f"{RBAC}/clusterroles/{total}").body["rules"] == [CORE_READ]
    api.delete(f"{RBAC}/clusterroles/{part}")
    eventually(lambda: jane.get(config_maps(ns)).status == 403)


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("view", [("list", "", "pods")], [("get", "", "secrets"), ("create", "", "pods")]),
        (
            "edit",
            [("create", "apps", "deployments"), ("get", "", "secrets"), ("update", "coordination.k8s.io", "leases")],
            [("create", "rbac.authorization.k8s.io", "roles")],
        ),
        ("admin", [("create", "rbac.authorization.k8s.io", "roles"), ("list", "", "pods")], [("list", "", "nodes")]),
        ("cluster-admin", [("list", "", "nodes"), ("escalate", "rbac.authorization.k8s.io", "clusterroles")], []),
    ],
)
def test_the_default_roles_are_there(
    api: Client, ns: str, role: str, may: list[tuple[str, str, str]], may_not: list[tuple[str, str, str]]
) -> None:
    api.made(f"{RBAC}/namespaces/{ns}/rolebindings", binding(role, f"jane-{ns}", "ClusterRole"))

    def allowed(verb: str, group: str, resource: str) -> bool:
        about = {"verb": verb, "group": group, "resource": resource, "namespace": ns}
        spec = {"user": f"jane-{ns}", "resourceAttributes": about}
        answer = api.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", {"spec": spec})
        return bool(answer.body["status"]["allowed"])

    eventually(lambda: all(allowed(*one) for one in may))
    assert [one for one in may_not if allowed(*one)] == []


def test_nobody_gives_away_what_they_do_not_have(api: Client, jane: Client, ns: str) -> None:
    roles, bindings = f"{RBAC}/namespaces/{ns}/roles", f"{RBAC}/namespaces/{ns}/rolebindings"
    manage = {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles", "rolebindings"]}
    grant(api, ns, CORE_READ, manage | {"verbs": ["create", "patch", "get"]})
    api.made(roles, {"metadata": {"name": "secrets"}, "rules": [CORE_READ | {"resources": ["secrets"]}]})
    own = {"metadata": {"name": "own"}, "rules": [CORE_READ | {"verbs": ["get"]}]}
    assert jane.post(roles, own).status == 201
    more = {"metadata": {"name": "more"}, "rules": [CORE_READ | {"verbs": ["get", "delete"]}]}
    assert "attempting to grant RBAC permissions not currently held" in refused(jane.post(roles, more))
    assert refused(jane.patch(f"{roles}/own", {"rules": [CORE_READ | {"resources": ["*"]}]}))
    assert jane.patch(f"{roles}/own", {"metadata": {"labels": {"a": "b"}}}).status == 200
    assert jane.post(bindings, binding("own", "joe")).status == 201
    assert refused(jane.post(bindings, binding("secrets", f"jane-{ns}")))
    assert jane.post(bindings, binding("missing", f"jane-{ns}")).status == 404
    grant(api, ns, manage | {"verbs": ["bind", "escalate"]}, name="trusted")
    eventually(lambda: jane.post(roles, more).status == 201)
    assert jane.post(bindings, binding("secrets", f"jane-{ns}")).status == 201


def test_acting_as_somebody_else_needs_permission(api: Client, jane: Client, ns: str, clean: list[str]) -> None:
    name = f"actor-{ns}"
    clean += [f"{RBAC}/clusterroles/{name}", f"{RBAC}/clusterrolebindings/{name}"]
    rule = {"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"], "resourceNames": ["joe"]}
    api.made(f"{RBAC}/clusterroles", {"metadata": {"name": name}, "rules": [rule]})
    api.made(f"{RBAC}/clusterrolebindings", binding(name, f"system:serviceaccount:{ns}:actor", "ClusterRole"))
    api.made(f"/api/v1/namespaces/{ns}/serviceaccounts", {"metadata": {"name": "actor"}})
    actor = api.with_token(token(api, ns, "actor"))
    assert whoami(actor.acting_as("joe"))["username"] == "joe"
    assert 'cannot impersonate resource "users"' in refused(actor.acting_as("jim").get("/apis"))
    assert 'cannot impersonate resource "groups"' in refused(actor.acting_as("joe", "system:masters").get("/apis"))
    alone = api.request("GET", "/apis", headers={"Impersonate-Group": "a"})
    assert alone.status in {400, 500}


@pytest.mark.parametrize("spelled", [str.lower, str.upper, str.title])
def test_headers_of_impersonation_may_be_spelled_in_any_case(api: Client, spelled: Callable[[str], str]) -> None:
    headers = {"impersonate-user": "joe", "impersonate-uid": "7", "impersonate-extra-a%2fb": "c"}
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    answer = api.request("POST", path, {}, headers={spelled(name): value for name, value in headers.items()})
    info = {"username": "joe", "groups": ["system:authenticated"], "uid": "7", "extra": {"a/b": ["c"]}}
    assert answer.body["status"]["userInfo"] == info


def whoami(client: Client) -> dict[str, Any]:
    answer = client.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {})
    assert answer.status == 201, answer.body
    return dict(answer.body["status"]["userInfo"])


def token(api: Client, ns: str, account: str, **spec: Any) -> str:
    answer = api.post(f"/api/v1/namespaces/{ns}/serviceaccounts/{account}/token", {"spec": spec})
    assert answer.status == 201, answer.body
    return str(answer.body["status"]["token"])


def review(api: Client, given: str, *audiences: str) -> dict[str, Any]:
    spec = {"token": given} | ({"audiences": list(audiences)} if audiences else {})
    return dict(api.post("/apis/authentication.k8s.io/v1/tokenreviews", {"spec": spec}).body["status"])


def test_a_service_account_acts_by_its_token(api: Client, ns: str) -> None:
    accounts = f"/api/v1/namespaces/{ns}/serviceaccounts"
    eventually(lambda: api.get(f"{accounts}/default").status == 200)
    account = api.with_token(token(api, ns, "default"))
    me = whoami(account)
    assert me["username"] == f"system:serviceaccount:{ns}:default"
    assert me["groups"] == ["system:serviceaccounts", f"system:serviceaccounts:{ns}", "system:authenticated"]
    assert refused(account.get(config_maps(ns)))
    api.made(f"{RBAC}/namespaces/{ns}/roles", {"metadata": {"name": "reader"}, "rules": [CORE_READ]})
    bound = binding("reader", "default", subject="ServiceAccount")
    bound["subjects"][0]["namespace"] = ns
    api.made(f"{RBAC}/namespaces/{ns}/rolebindings", bound)
    eventually(lambda: account.get(config_maps(ns)).status == 200)


def test_a_token_ends_with_its_account_and_with_what_it_is_bound_to(api: Client, ns: str) -> None:
    accounts, secrets = f"/api/v1/namespaces/{ns}/serviceaccounts", f"/api/v1/namespaces/{ns}/secrets"
    api.made(accounts, {"metadata": {"name": "one"}})
    api.made(secrets, {"metadata": {"name": "life"}})
    free = token(api, ns, "one")
    bound = token(api, ns, "one", boundObjectRef={"kind": "Secret", "apiVersion": "v1", "name": "life"})
    assert [review(api, given)["authenticated"] for given in (free, bound)] == [True, True]
    api.delete(f"{secrets}/life")
    eventually(lambda: not review(api, bound).get("authenticated"))
    assert review(api, free)["authenticated"]
    api.delete(f"{accounts}/one")
    eventually(lambda: not review(api, free).get("authenticated"))
    assert api.with_token(free).get("/apis").status == 401


def test_others_verify_a_token_with_the_published_keys(api: Client, ns: str) -> None:
    api.made(f"/api/v1/namespaces/{ns}/serviceaccounts", {"metadata": {"name": "one"}})
    given = token(api, ns, "one", audiences=["vault"])
    account = api.with_token(token(api, ns, "one"))
    configuration = account.get("/.well-known/openid-configuration").body
    (key,) = json.loads(account.get(urlsplit(configuration["jwks_uri"]).path).body)["keys"]
    claims = jwt.decode(given, jwt.PyJWK(key), audience="vault", issuer=configuration["issuer"])
    assert claims["sub"] == f"system:serviceaccount:{ns}:one"
    assert configuration["id_token_signing_alg_values_supported"] == [key["alg"]]
    assert api.acting_as("jane").get("/openid/v1/jwks").status == 403


def test_a_token_is_for_its_audiences(api: Client, ns: str) -> None:
    api.made(f"/api/v1/namespaces/{ns}/serviceaccounts", {"metadata": {"name": "one"}})
    given = token(api, ns, "one", audiences=["vault"])
    assert api.with_token(given).get("/apis").status == 401
    assert not review(api, given).get("authenticated")
    reviewed = review(api, given, "vault", "other")
    assert (reviewed["authenticated"], reviewed["audiences"]) == (True, ["vault"])


@pytest.mark.parametrize("spoilt", ["", "a.b.c", "e30.e30.", "\xe9"])
def test_a_token_that_is_none_is_no_proof(api: Client, ns: str, spoilt: str) -> None:
    api.made(f"/api/v1/namespaces/{ns}/serviceaccounts", {"metadata": {"name": "one"}})
    good = token(api, ns, "one")
    for given in (spoilt, good[:-2], good + "x", good.replace(".", ".e", 1)):
        assert api.with_token(given or "-").get("/apis").status == 401, given


@pytest.mark.parametrize(
    ("spec", "status"),
    [
        ({"expirationSeconds": 60}, {400, 422}),
        ({"audiences": "one"}, {400}),
        ({"boundObjectRef": {"kind": "ConfigMap", "apiVersion": "v1", "name": "a"}}, {400, 422}),
        ({"boundObjectRef": {"kind": "Secret", "apiVersion": "v1", "name": "missing"}}, {404}),
    ],
)
def test_a_token_request_that_makes_no_sense_is_refused(
    api: Client, ns: str, spec: dict[str, Any], status: set[int]
) -> None:
    api.made(f"/api/v1/namespaces/{ns}/serviceaccounts", {"metadata": {"name": "one"}})
    assert api.post(f"/api/v1/namespaces/{ns}/serviceaccounts/one/token", {"spec": spec}).status in status


def test_reviews_tell_what_is_allowed(api: Client, jane: Client, ns: str) -> None:
    grant(api, ns, CORE_READ)
    about = {"verb": "list", "resource": "configmaps", "namespace": ns}
    own = jane.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {"spec": {"resourceAttributes": about}})
    assert own.body["status"]["allowed"] is True
    assert 'RoleBinding "granted/' in own.body["status"]["reason"]
    local = {"metadata": {"namespace": ns}, "spec": {"user": f"jane-{ns}", "resourceAttributes": about}}
    path = f"/apis/authorization.k8s.io/v1/namespaces/{ns}/localsubjectaccessreviews"
    assert api.post(path, local).body["status"]["allowed"] is True
    assert refused(jane.post(path, local))
    rules = jane.post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {"spec": {"namespace": ns}})
    found = [rule for rule in rules.body["status"]["resourceRules"] if "configmaps" in rule["resources"]]
    assert [sorted(rule["verbs"]) for rule in found] == [["get", "list", "watch"]]
    neither = jane.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {"spec": {}})
    assert neither.status == 422

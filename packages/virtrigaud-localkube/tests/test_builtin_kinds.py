import base64
import ipaddress
from typing import Any

import pytest
from localkube_client import STRATEGIC_PATCH, Client, config_map, config_maps

NETWORK = ipaddress.IPv4Network("127.96.0.0/16")


def secrets(ns: str) -> str:
    return f"/api/v1/namespaces/{ns}/secrets"


def services(ns: str, name: str = "") -> str:
    return f"/api/v1/namespaces/{ns}/services{'/' + name if name else ''}"


def service(name: str, **spec: Any) -> dict[str, Any]:
    ports = [{"name": "grpc", "port": 9443}]
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {"ports": ports, **spec}}


def deployment(name: str = "one", **spec: Any) -> dict[str, Any]:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": "example/image:1"}]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"selector": {"matchLabels": labels}, "template": template, **spec},
    }


POD = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "one", "image": "example/image:1"}]}}
SELECTED = {"selector": {"matchLabels": {"a": "b"}}, "template": POD}
ONCE = {"template": {"spec": POD["spec"] | {"restartPolicy": "Never"}}}


@pytest.mark.parametrize(
    ("collection", "fields", "path", "filled_in"),
    [
        ("apps/v1/NS/statefulsets", {"spec": SELECTED}, ("spec", "podManagementPolicy"), "OrderedReady"),
        ("apps/v1/NS/daemonsets", {"spec": SELECTED}, ("spec", "updateStrategy", "type"), "RollingUpdate"),
        ("batch/v1/NS/jobs", {"spec": ONCE}, ("spec", "backoffLimit"), 6),
        (
            "batch/v1/NS/cronjobs",
            {"spec": {"schedule": "@daily", "jobTemplate": {"spec": ONCE}}},
            ("spec", "jobTemplate", "spec", "completionMode"),
            "NonIndexed",
        ),
        ("storage.k8s.io/v1/storageclasses", {"provisioner": "example.com/disk"}, ("reclaimPolicy",), "Delete"),
    ],
)
def test_what_nobody_acts_on_here_is_kept_with_its_defaults_and_its_fields_are_known(
    api: Client, ns: str, collection: str, fields: dict[str, Any], path: tuple[str, ...], filled_in: object
) -> None:
    place = "/apis/" + collection.replace("NS", f"namespaces/{ns}")
    made = api.made(place, {"metadata": {"name": f"one-{ns}"}, **fields}).body
    for key in path:
        made = made[key]
    assert made == filled_in
    unknown = {"metadata": {"name": "two"}, **fields, "mistake": 1}
    assert api.post(place, unknown, fieldValidation="Strict").reason == (400, "BadRequest")
    assert api.delete(f"{place}/one-{ns}").status == 200


def test_a_secret_takes_plain_text_and_gives_base64(api: Client, ns: str) -> None:
    body = api.made(secrets(ns), {"metadata": {"name": "one"}, "stringData": {"word": "x"}}).body
    assert (body["data"], body["type"]) == ({"word": base64.b64encode(b"x").decode()}, "Opaque")
    assert "stringData" not in body
    assert api.post(secrets(ns), {"metadata": {"name": "two"}, "data": {"a": "not base64!"}}).fields == ["data.a"]
    assert api.patch(f"{secrets(ns)}/one", {"type": "other"}).fields == ["type"]


def test_an_immutable_config_map_keeps_its_data(api: Client, ns: str) -> None:
    api.made(config_maps(ns), config_map("one") | {"immutable": True})
    assert api.patch(config_maps(ns, "one"), {"data": {"a": "2"}}).fields == ["data"]
    assert api.patch(config_maps(ns, "one"), {"metadata": {"labels": {"a": "b"}}}).status == 200


def test_a_service_gets_a_loopback_address_that_it_keeps(api: Client, ns: str) -> None:
    created = api.made(services(ns), service("one")).body
    address = created["spec"]["clusterIP"]
    assert ipaddress.IPv4Address(address) in NETWORK
    assert (created["spec"]["clusterIPs"], created["spec"]["type"]) == ([address], "ClusterIP")
    assert created["spec"]["ports"] == [{"name": "grpc", "port": 9443, "protocol": "TCP", "targetPort": 9443}]
    replaced = api.put(services(ns, "one"), service("one", selector={"a": "b"}))
    assert (replaced.status, replaced.body["spec"]["clusterIP"]) == (200, address)
    assert api.patch(services(ns, "one"), {"spec": {"clusterIP": "127.96.7.7"}}).fields == ["spec.clusterIP"]


def test_services_never_share_an_address_and_give_it_back(api: Client, ns: str) -> None:
    addresses = {api.made(services(ns), service(f"s{n}")).body["spec"]["clusterIP"] for n in range(20)}
    assert len(addresses) == 20
    taken = min(addresses)
    refused = api.post(services(ns), service("another", clusterIP=taken))
    assert (refused.reason, refused.fields) == ((422, "Invalid"), ["spec.clusterIPs"])
    for number in range(20):
        api.delete(services(ns, f"s{number}"))
    assert api.made(services(ns), service("another", clusterIP=taken)).body["spec"]["clusterIP"] == taken


def test_a_dry_run_takes_no_address(api: Client, ns: str) -> None:
    tried = api.post(services(ns), service("one"), dryRun="All").body["spec"]["clusterIP"]
    assert api.made(services(ns), service("two", clusterIP=tried)).body["spec"]["clusterIP"] == tried


def test_a_service_that_needs_its_address_no_longer_gives_it_back(api: Client, ns: str) -> None:
    address = api.made(services(ns), service("one")).body["spec"]["clusterIP"]
    change = {"spec": {"type": "ExternalName", "externalName": "example.com", "clusterIP": None, "clusterIPs": None}}
    assert api.patch(services(ns, "one"), change).status == 200
    assert api.made(services(ns), service("two", clusterIP=address)).body["spec"]["clusterIP"] == address


@pytest.mark.parametrize("address", ["10.0.0.1", "nonsense", "127.97.0.1"])
def test_an_address_outside_the_service_network_is_refused(api: Client, ns: str, address: str) -> None:
    assert api.post(services(ns), service("one", clusterIP=address)).fields == ["spec.clusterIPs"]


def test_a_headless_service_has_no_address(api: Client, ns: str) -> None:
    assert api.made(services(ns), service("one", clusterIP="None")).body["spec"]["clusterIP"] == "None"
    external = service("two", type="ExternalName", externalName="example.com", ports=None)
    assert "clusterIP" not in api.made(services(ns), external).body["spec"]


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"ports": [{"port": 99999}]}, "spec.ports[0].port"),
        ({"ports": [{"port": 1, "protocol": "ICMP"}]}, "spec.ports[0].protocol"),
        ({"ports": []}, "spec.ports"),
        ({"ports": [{"port": 1}, {"port": 2, "name": "b"}]}, "spec.ports[0].name"),
        ({"type": "Strange"}, "spec.type"),
        ({"selector": "app"}, "spec.selector"),
    ],
)
def test_a_service_that_makes_no_sense_is_refused_by_its_path(
    api: Client, ns: str, spec: dict[str, Any], field: str
) -> None:
    assert api.post(services(ns), service("one", **spec)).fields == [field]


def test_a_deployment_counts_generations_and_has_a_status_and_a_scale(api: Client, ns: str) -> None:
    path = f"/apis/apps/v1/namespaces/{ns}/deployments"
    created = api.made(path, deployment() | {"status": {"readyReplicas": 9}}).body
    assert (created["spec"]["replicas"], created["metadata"]["generation"], "status" in created) == (1, 1, False)
    status = {"status": {"observedGeneration": 1, "readyReplicas": 1, "replicas": 1}}
    patched = api.patch(f"{path}/one/status", status, STRATEGIC_PATCH).body
    assert (patched["status"], patched["metadata"]["generation"]) == (status["status"], 1)
    assert api.patch(f"{path}/one/scale", {"spec": {"replicas": 0}}).body["spec"] == {"replicas": 0}
    assert api.get(f"{path}/one").body["metadata"]["generation"] == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"selector": {"matchLabels": {"other": "label"}}}, "spec.template.metadata.labels"),
        ({"selector": {}}, "spec.selector"),
        ({"replicas": -1}, "spec.replicas"),
        (
            {"template": {"metadata": {"labels": {"app": "one"}}, "spec": {"containers": [{"image": "x"}]}}},
            "spec.template.spec.containers[0].name",
        ),
    ],
)
def test_a_deployment_that_makes_no_sense_is_refused(api: Client, ns: str, change: dict[str, Any], field: str) -> None:
    assert api.post(f"/apis/apps/v1/namespaces/{ns}/deployments", deployment(**change)).fields == [field]


def event(ns: str) -> dict[str, Any]:
    return {
        "metadata": {"generateName": "one.", "namespace": ns},
        "involvedObject": {"kind": "ConfigMap", "name": "one", "namespace": ns},
        "reason": "Started",
        "message": "it runs",
        "type": "Normal",
        "count": 1,
        "firstTimestamp": "2026-01-01T00:00:00Z",
        "lastTimestamp": "2026-01-01T00:00:00Z",
        "source": {"component": "test"},
    }


def test_events_of_both_groups_are_the_same_objects(api: Client, ns: str) -> None:
    core, grouped = f"/api/v1/namespaces/{ns}/events", f"/apis/events.k8s.io/v1/namespaces/{ns}/events"
    api.made(core, event(ns))
    shown = api.get(grouped).body["items"][0]
    assert (shown["apiVersion"], shown["regarding"]["name"], shown["note"]) == ("events.k8s.io/v1", "one", "it runs")
    newer = {
        "metadata": {"generateName": "two."},
        "regarding": {"kind": "ConfigMap", "name": "two", "namespace": ns},
        "note": "it stopped",
        "reason": "Stopped",
        "type": "Warning",
        "action": "Stop",
        "eventTime": "2026-01-01T00:00:00.000001Z",
        "reportingController": "example.com/test",
        "reportingInstance": "test-1",
    }
    api.made(grouped, newer)
    found = api.get(core, fieldSelector="involvedObject.name=two").body["items"]
    assert [(item["apiVersion"], item["message"], item["type"]) for item in found] == [("v1", "it stopped", "Warning")]
    assert len(api.get(core, fieldSelector="involvedObject.kind=ConfigMap,type=Normal").body["items"]) == 1


def test_an_event_stays_in_the_namespace_of_its_object(api: Client, ns: str) -> None:
    body = event(ns)
    body["involvedObject"]["namespace"] = "elsewhere"
    assert api.post(f"/api/v1/namespaces/{ns}/events", body).fields == ["involvedObject.namespace"]


def test_a_lease_keeps_its_microseconds(api: Client, ns: str) -> None:
    path = f"/apis/coordination.k8s.io/v1/namespaces/{ns}/leases"
    spec = {"holderIdentity": "a", "leaseDurationSeconds": 15, "renewTime": "2026-01-01T00:00:00.000000Z"}
    assert api.made(path, {"metadata": {"name": "one"}, "spec": spec}).body["spec"] == spec
    assert api.post(path, {"metadata": {"name": "two"}, "spec": {"leaseDurationSeconds": 0}}).status == 422


def test_a_role_may_be_named_like_a_path_element(api: Client, ns: str) -> None:
    path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}"
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    assert api.made(f"{path}/roles", {"metadata": {"name": "system:one"}, "rules": rules}).name == "system:one"
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "system:one"}
    api.made(f"{path}/rolebindings", {"metadata": {"name": "one"}, "roleRef": role, "subjects": []})
    changed = {"roleRef": role | {"name": "other"}}
    assert api.patch(f"{path}/rolebindings/one", changed).fields == ["roleRef"]


def test_namespaces_carry_their_name_as_a_label(api: Client, ns: str) -> None:
    body = api.get(f"/api/v1/namespaces/{ns}").body
    assert body["metadata"]["labels"] == {"kubernetes.io/metadata.name": ns}
    assert (body["spec"], body["status"]) == ({"finalizers": ["kubernetes"]}, {"phase": "Active"})


@pytest.mark.parametrize(
    ("group", "plural", "kind", "spec"),
    [
        (
            "authorization",
            "selfsubjectaccessreviews",
            "SelfSubjectAccessReview",
            {"resourceAttributes": {"verb": "get"}},
        ),
        ("authorization", "selfsubjectrulesreviews", "SelfSubjectRulesReview", {"namespace": "default"}),
        ("authentication", "selfsubjectreviews", "SelfSubjectReview", None),
        ("authentication", "tokenreviews", "TokenReview", {"token": "unknown"}),
    ],
)
def test_reviews_are_answered_and_not_stored(
    api: Client, group: str, plural: str, kind: str, spec: dict[str, Any] | None
) -> None:
    path = f"/apis/{group}.k8s.io/v1/{plural}"
    body = {"apiVersion": f"{group}.k8s.io/v1", "kind": kind, "metadata": {}} | ({"spec": spec} if spec else {})
    answer = api.post(path, body)
    assert (answer.status, answer.body["kind"]) == (201, kind)
    expected = {
        "SelfSubjectAccessReview": ("allowed", True),
        "SelfSubjectRulesReview": ("incomplete", False),
        "TokenReview": ("authenticated", False),
    }
    if kind in expected:
        field, value = expected[kind]
        assert answer.body["status"][field] is value
    else:
        assert answer.body["status"]["userInfo"]["groups"]
    assert api.get(path).reason == (405, "MethodNotAllowed")

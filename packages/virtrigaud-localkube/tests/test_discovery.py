import pytest
from localkube_client import GROUP, Client

BUILT_IN_GROUPS = {
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "coordination.k8s.io",
    "events.k8s.io",
    "rbac.authorization.k8s.io",
}


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz"])
def test_health_is_told_to_everybody(api: Client, path: str) -> None:
    assert (api.get(path).status, api.get(path).body) == (200, "ok")


def test_the_version_names_a_recent_kubernetes(api: Client) -> None:
    version = api.get("/version").body
    assert version["gitVersion"].startswith(f"v{version['major']}.{version['minor']}.")


def test_the_core_group_has_one_version(api: Client) -> None:
    assert api.get("/api").body["versions"] == ["v1"]


def test_all_built_in_groups_are_listed(api: Client) -> None:
    answer = api.get("/apis").body
    assert answer["kind"] == "APIGroupList"
    assert {group["name"] for group in answer["groups"]} >= BUILT_IN_GROUPS


def test_the_core_resources_are_listed_with_their_subresources(api: Client) -> None:
    answer = api.get("/api/v1").body
    assert (answer["kind"], answer["groupVersion"]) == ("APIResourceList", "v1")
    names = {resource["name"] for resource in answer["resources"]}
    assert {"configmaps", "secrets", "namespaces", "namespaces/status", "events", "services"} <= names


def test_a_group_names_its_preferred_version(api: Client) -> None:
    answer = api.get("/apis/apps").body
    assert answer["preferredVersion"] == {"groupVersion": "apps/v1", "version": "v1"}


def test_an_unknown_group_version_or_resource_is_not_found(api: Client) -> None:
    for path in ("/apis/nowhere.example.com", "/apis/apps/v9", "/api/v1/nothings", "/api/v1/nothings/a/b/c", "/else"):
        assert api.get(path).reason == (404, "NotFound"), path


def test_aggregated_discovery_lists_everything_in_one_document(api: Client, gadget_kind: str) -> None:
    accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
    answer = api.request("GET", "/apis", headers={"Accept": accept})
    assert answer.body["kind"] == "APIGroupDiscoveryList"
    group = next(item for item in answer.body["items"] if item["metadata"]["name"] == GROUP)
    assert [version["version"] for version in group["versions"]] == ["v1", "v1beta1"]
    resource = group["versions"][0]["resources"][0]
    assert (resource["resource"], resource["responseKind"]["kind"]) == ("gadgets", gadget_kind)
    assert [sub["subresource"] for sub in resource["subresources"]] == ["scale", "status"]


def test_a_definition_appears_in_discovery(api: Client, gadget_kind: str) -> None:
    resources = {resource["name"]: resource for resource in api.get(f"/apis/{GROUP}/v1").body["resources"]}
    assert set(resources) == {"gadgets", "gadgets/status", "gadgets/scale"}
    assert (resources["gadgets"]["kind"], resources["gadgets"]["shortNames"]) == (gadget_kind, ["gad"])
    assert resources["gadgets"]["singularName"] == "gadget"


def test_openapi_version_two_has_definitions(api: Client) -> None:
    answer = api.get("/openapi/v2").body
    assert answer["swagger"] == "2.0"
    assert answer["definitions"]


def test_openapi_version_three_has_the_schema_of_a_definition(api: Client, gadget_kind: str) -> None:
    places = api.get("/openapi/v3").body["paths"]
    assert "api/v1" in places
    schemas = api.get(places[f"apis/{GROUP}/v1"]["serverRelativeURL"]).body["components"]["schemas"]
    schema = next(value for name, value in schemas.items() if name.endswith(gadget_kind))
    assert schema["properties"]["spec"]["properties"]["size"]["minimum"] == 1

"""Rings 1 and 2: what is made around a Provider's pods, is put right, and is rolled with its Secrets."""

import copy
from typing import Any

import pytest
from manifests import provider, secret
from provider_world import (
    DEPLOYMENT,
    DISRUPTION_BUDGET,
    INSIDE,
    KEY,
    NETWORK_POLICY,
    OUTSIDE,
    SERVICE,
    ProviderWorld,
)
from virtrigaud_api.v1beta1 import keys
from virtrigaud_manager.cluster.foreign_fields import foreign_writers
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import FIELD_MANAGER
from virtrigaud_manager.kinds.provider.home import Home

PODS = {"app.kubernetes.io/name": "virtrigaud-provider", "app.kubernetes.io/instance": "lab"}


def runtime(**more: Any) -> dict[str, Any]:
    return {"image": "memory:1", "service": {"tls": {"secretRef": {"name": "lab-tls"}}}, **more}


def changed(world: ProviderWorld, key: ObjectKey, spec: dict[str, Any], fields: dict[str, Any]) -> None:
    """Change an object as `kubectl edit` does: the API server records whose fields they are."""
    document = copy.deepcopy(world.store.objects[key])
    document["spec"] |= spec
    document["metadata"]["managedFields"] = [
        {"manager": FIELD_MANAGER, "operation": "Apply", "fieldsV1": {"f:spec": {"f:replicas": {}}}},
        {"manager": "kubectl-edit", "operation": "Update", "fieldsV1": {"f:spec": fields}},
    ]
    world.store.put(document)


async def test_inside_a_cluster_only_the_manager_reaches_the_grpc_port() -> None:
    async with ProviderWorld(INSIDE) as world:
        await world.started(runtime=runtime(networkPolicy={"scraperNamespaces": ["monitoring"]}))
        manager = {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "virtrigaud-system"}},
            "podSelector": {"matchLabels": {"app.kubernetes.io/name": "virtrigaud-manager"}},
        }
        scrapers = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
        assert world.spec_of(NETWORK_POLICY) == {
            "podSelector": {"matchLabels": PODS},
            "policyTypes": ["Ingress"],
            "ingress": [
                {"from": [manager], "ports": [{"port": 9443, "protocol": "TCP"}]},
                {"from": [scrapers], "ports": [{"port": 8080, "protocol": "TCP"}]},
            ],
        }


@pytest.mark.parametrize(
    ("home", "said", "made"),
    [
        (INSIDE, {}, [NETWORK_POLICY]),
        (INSIDE, {"networkPolicy": {"enabled": False}}, []),
        (OUTSIDE, {}, []),
        (OUTSIDE, {"networkPolicy": {"enabled": False}}, []),
    ],
)
async def test_a_network_policy_is_made_by_default_where_it_can_name_the_manager(
    home: Home, said: dict[str, Any], made: list[ObjectKey]
) -> None:
    async with ProviderWorld(home) as world:
        await world.started(runtime=runtime(**said))
        assert [key for key in world.store.objects if key.kind is ObjectKind.NETWORK_POLICY] == made


async def test_l19_a_network_policy_that_can_not_name_the_manager_is_refused() -> None:
    async with ProviderWorld() as world:
        await world.started(runtime=runtime())
        world.apply(provider(runtime=runtime(networkPolicy={})))
        await world.look()
        assert world.said_of("ProviderRuntimeReady")[1] == "InvalidConfiguration"
        assert "start it with --pod-labels" in world.said_of("ProviderRuntimeReady")[2]


async def test_several_pods_get_a_disruption_budget_and_one_alone_does_when_it_is_asked_for() -> None:
    async with ProviderWorld() as world:
        await world.started(runtime=runtime(replicas=2))
        assert world.spec_of(DISRUPTION_BUDGET) == {"maxUnavailable": 1, "selector": {"matchLabels": PODS}}
        world.apply(provider(runtime=runtime()))
        await world.look()
        assert DISRUPTION_BUDGET not in world.store.objects
        world.apply(provider(runtime=runtime(podDisruptionBudget={"maxUnavailable": 0})))
        await world.look()
        assert world.spec_of(DISRUPTION_BUDGET)["maxUnavailable"] == 0


async def test_a_budget_of_that_name_that_somebody_else_made_is_left_alone() -> None:
    async with ProviderWorld() as world:
        await world.started()
        theirs = {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": {"name": DISRUPTION_BUDGET.name, "namespace": "default"},
            "spec": {"minAvailable": 1},
        }
        world.apply(theirs)
        await world.look()
        assert world.spec_of(DISRUPTION_BUDGET) == {"minAvailable": 1}


@pytest.mark.parametrize(
    ("key", "spec", "fields"),
    [
        (SERVICE, {"externalIPs": ["192.0.2.1"]}, {"f:externalIPs": {}}),
        (SERVICE, {"selector": {**PODS, "extra": "x"}}, {"f:selector": {"f:extra": {}}}),
        (DEPLOYMENT, {"paused": True}, {"f:paused": {}}),
    ],
    ids=["an address", "a selector", "a pause"],
)
async def test_what_somebody_adds_to_the_objects_is_taken_away_again(
    key: ObjectKey, spec: dict[str, Any], fields: dict[str, Any]
) -> None:
    async with ProviderWorld() as world:
        await world.started()
        before = copy.deepcopy(world.spec_of(key))
        changed(world, key, spec, fields)
        await world.look()
        assert world.spec_of(key) == before
        assert f"Provider: put {key} right after kubectl-edit" in world.story
        assert world.said_of("ProviderAvailable")[0] == "True"


async def test_a_restart_by_kubectl_is_nobodys_drift() -> None:
    async with ProviderWorld() as world:
        await world.started()
        restarted: dict[str, Any] = {
            "f:template": {"f:metadata": {"f:annotations": {"f:kubectl.kubernetes.io/restartedAt": {}}}}
        }
        changed(world, DEPLOYMENT, {}, restarted)
        world.store.writes.clear()
        await world.look()
        assert world.store.writes == []


def test_items_of_lists_are_found_by_their_keys() -> None:
    wanted = {"ports": [{"port": 9443, "protocol": "TCP", "name": "grpc"}], "finalizers": ["a"]}
    known = {
        "f:ports": {".": {}, 'k:{"port":9443,"protocol":"TCP"}': {".": {}, "f:name": {}}},
        "f:finalizers": {'v:"a"': {}},
    }
    added: dict[str, Any] = {"f:ports": {'k:{"port":80,"protocol":"TCP"}': {".": {}}}}
    value: dict[str, Any] = {"f:finalizers": {'v:"b"': {}}}

    def writers(fields: dict[str, Any]) -> tuple[str, ...]:
        entry = {"manager": "someone", "fieldsV1": {"f:spec": fields}}
        return foreign_writers({"metadata": {"managedFields": [entry]}}, FIELD_MANAGER, wanted)

    assert [writers(fields) for fields in (known, added, value)] == [(), ("someone",), ("someone",)]


def rolled_by(world: ProviderWorld) -> str:
    annotations = world.spec_of(DEPLOYMENT)["template"]["metadata"]["annotations"]
    digest: str = annotations[keys.ANNOTATION_SECRETS]
    return digest


@pytest.mark.parametrize("name", ["lab-credentials", "lab-tls", "proxy"])
async def test_l14_the_pods_are_rolled_when_a_secret_that_they_read_changes(name: str) -> None:
    async with ProviderWorld() as world:
        variable = {"name": "HTTPS_PROXY", "valueFrom": {"secretKeyRef": {"name": "proxy", "key": "url"}}}
        world.apply(secret("proxy"), secret("of-nobody"))
        await world.started(runtime=runtime(env=[variable]))
        before = rolled_by(world)
        world.apply(secret("of-nobody", more=b"x"))
        await world.settle()
        assert rolled_by(world) == before
        world.apply(secret(name, password=b"canary-7f3a"))
        await world.settle()
        assert rolled_by(world) != before
        assert "canary" not in str(world.store.objects[DEPLOYMENT])


async def test_pods_are_spread_and_ranked_as_the_user_says() -> None:
    async with ProviderWorld() as world:
        zones = {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule"}
        await world.started(runtime=runtime(priorityClassName="high", topologySpreadConstraints=[zones]))
        spec = world.spec_of(DEPLOYMENT)["template"]["spec"]
        assert spec["priorityClassName"] == "high"
        assert spec["topologySpreadConstraints"] == [{"labelSelector": {"matchLabels": PODS}, **zones}]


async def test_a_provider_that_nobody_uses_goes_at_once() -> None:
    async with ProviderWorld() as world:
        await world.started()
        assert world.provider().metadata.finalizers == ("provider.infra.virtrigaud.io/finalizer",)
        world.store.delete(KEY)
        await world.settle()
        assert KEY not in world.store.objects

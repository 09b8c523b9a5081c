"""Rings 1 and 2 of the kind Provider: what is made for it, and what is said about it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from manager_world import NOW
from manifests import provider, secret, vm
from provider_world import DEPLOYMENT, OUTSIDE, SERVICE, ProviderWorld
from virtrigaud_api.contract import Capabilities, Facet, Refused, Unavailable
from virtrigaud_api.v1beta1 import Provider
from virtrigaud_api.v1beta1.provider import HealthCheck
from virtrigaud_api.v1beta1.provider_status import ReportedCapabilities
from virtrigaud_manager.kinds.provider.capabilities import reported
from virtrigaud_manager.kinds.provider.deployment import deployment
from virtrigaud_manager.kinds.provider.health import after_failure, after_success
from virtrigaud_manager.kinds.provider.observation import Health
from virtrigaud_manager.kinds.provider.pod import SCRATCH_MOUNT
from virtrigaud_provider_memory import Verb

DOWN = Unavailable("connection refused")


async def test_a_provider_is_given_a_service_and_a_deployment_and_is_then_available() -> None:
    async with ProviderWorld() as world:
        world.apply(provider(), secret("lab-credentials"), secret("lab-tls"))
        await world.look()
        assert {DEPLOYMENT, SERVICE} <= world.store.objects.keys()
        assert world.said_of("ProviderRuntimeReady") == ("False", "DeploymentNotReady", "0 of 1 pods answer")
        world.pods(1)
        await world.look()
        status = world.provider().status
        assert status.healthy is True
        assert status.runtime is not None
        assert status.runtime.endpoint == "virtrigaud-provider-default-lab.default.svc.cluster.local:9443"
        assert {it.type: (it.status.value, it.reason) for it in status.conditions} == {
            "ProviderRuntimeReady": ("True", "DeploymentReady"),
            "TLSConfigured": ("True", "Enabled"),
            "ProviderAvailable": ("True", "RemoteAvailable"),
            "CapabilitiesReported": ("True", "CapabilitiesFetched"),
        }
        assert world.said.reasons == ["RemoteAvailable"]


async def test_l37_a_settled_provider_is_not_written_again() -> None:
    async with ProviderWorld() as world:
        await world.started()
        world.store.writes.clear()
        for _ in range(3):
            world.now += timedelta(seconds=30)
            await world.look()
        assert world.store.writes == []


async def test_l37_a_manager_that_starts_anew_writes_nothing_about_a_provider_that_is_as_it_was() -> None:
    async with ProviderWorld() as world:
        await world.started()
        world.now += timedelta(minutes=5)
        world.restart()
        world.store.writes.clear()
        await world.look()
        assert world.store.writes == []
        assert world.provider().status.last_health_check == NOW


@pytest.mark.parametrize(
    ("tls", "reason"),
    [
        (None, "TLSBlockMissing"),
        ({"enabled": True, "secretRef": {"name": ""}}, "SecretRefMissing"),
        ({"insecureSkipVerify": True, "secretRef": {"name": "lab-tls"}}, "InvalidConfiguration"),
    ],
)
async def test_without_tls_nothing_is_started(tls: dict[str, Any] | None, reason: str) -> None:
    async with ProviderWorld() as world:
        service = {} if tls is None else {"tls": tls}
        world.apply(provider(runtime={"image": "memory:1", "service": service}), secret("lab-credentials"))
        await world.look()
        assert world.said_of("TLSConfigured")[:2] == ("False", reason)
        assert world.said_of("ProviderRuntimeReady")[:2] == ("False", "TLSNotConfigured")
        assert DEPLOYMENT not in world.store.objects


async def test_l15_missing_secrets_are_named_and_nothing_is_started_without_them() -> None:
    async with ProviderWorld() as world:
        world.apply(provider())
        await world.look()
        expected = "Secret default/lab-credentials does not exist; Secret default/lab-tls does not exist"
        assert world.said_of("ProviderRuntimeReady") == ("False", "InvalidConfiguration", expected)
        assert DEPLOYMENT not in world.store.objects


async def test_a_credentials_secret_of_another_namespace_is_refused() -> None:
    async with ProviderWorld() as world:
        world.apply(provider(credentialSecretRef={"name": "lab-credentials", "namespace": "infra"}))
        await world.look()
        assert world.said_of("ProviderRuntimeReady")[1] == "InvalidConfiguration"
        assert "spec.credentialSecretRef.namespace is infra" in world.said_of("ProviderRuntimeReady")[2]


async def test_l22_a_hypervisor_that_fails_is_reported_after_the_threshold_and_again_when_it_is_back() -> None:
    async with ProviderWorld() as world:
        await world.started(healthCheck={"failureThreshold": 2})
        world.hypervisor.faults.fail_next(Verb.VALIDATE, Unavailable, times=3)
        seen: list[str] = []
        for _ in range(4):
            world.now += timedelta(seconds=30)
            await world.look()
            seen.append(world.said_of("ProviderAvailable")[0])
        assert seen == ["True", "False", "False", "True"]
        assert world.said.reasons == ["RemoteAvailable", "ProviderUnavailable", "RemoteAvailable"]


async def test_a_restart_of_the_manager_neither_writes_nor_doubts_a_healthy_provider() -> None:
    async with ProviderWorld() as world:
        await world.started()
        world.now += timedelta(days=1)
        world.restart()
        world.store.writes.clear()
        await world.settle()
        assert (world.store.writes, world.said.reasons) == ([], ["RemoteAvailable"])
        world.restart()
        world.apply(provider(defaults={"folder": "f"}))
        await world.settle()
        assert world.said.reasons == ["RemoteAvailable"]


async def test_refused_credentials_have_a_reason_of_their_own() -> None:
    async with ProviderWorld() as world:
        world.hypervisor.faults.fail_next(Verb.VALIDATE, Refused)
        await world.started()
        assert world.said_of("ProviderAvailable")[1] == "CredentialsRefused"
        assert world.provider().status.healthy is False


async def test_a_provider_without_pods_is_not_available_any_more() -> None:
    async with ProviderWorld() as world:
        await world.started()
        world.pods(0)
        await world.look()
        assert world.said_of("ProviderAvailable") == ("False", "ProviderUnavailable", "0 of 1 pods answer")
        assert world.provider().status.healthy is False


async def test_the_machines_that_refer_to_it_are_counted() -> None:
    async with ProviderWorld() as world:
        await world.started()
        world.apply(vm("a"), vm("b"))
        await world.look()
        assert world.provider().status.connected_vms == 2


async def test_a_drifted_deployment_is_brought_back() -> None:
    async with ProviderWorld() as world:
        await world.started()
        drifted = dict(world.store.objects[DEPLOYMENT])
        drifted["spec"] = {**drifted["spec"], "replicas": 3}
        world.store.put(drifted)
        await world.look()
        assert world.store.objects[DEPLOYMENT]["spec"]["replicas"] == 1


def manifest(**spec: Any) -> dict[str, Any]:
    document = provider(**spec)
    document["metadata"]["uid"] = "uid-1"
    return deployment(Provider.from_manifest(document), OUTSIDE, "digest")


def test_the_container_gets_what_a_provider_process_reads_and_no_rights() -> None:
    made = manifest()
    pod = made["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["args"] == ["--port=9443", "--health-port=8080"]
    assert {it["name"]: it["value"] for it in container["env"]} == {
        "PROVIDER_TYPE": "memory",
        "PROVIDER_ENDPOINT": "memory://lab",
        "PROVIDER_NAMESPACE": "default",
        "PROVIDER_NAME": "lab",
        "TLS_ENABLED": "true",
        "TLS_INSECURE_SKIP_VERIFY": "false",
        "LOG_LEVEL": "info",
        "LOG_FORMAT": "text",
    }
    assert container["volumeMounts"] == [
        {"name": "provider-credentials", "mountPath": "/etc/virtrigaud/credentials", "readOnly": True},
        {"name": "provider-tls", "mountPath": "/etc/virtrigaud/tls", "readOnly": True},
        {"name": "tmp", "mountPath": SCRATCH_MOUNT},
    ]
    assert container["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 65532,
        "readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert (pod["automountServiceAccountToken"], pod["enableServiceLinks"]) == (False, False)
    assert made["metadata"]["ownerReferences"][0]["uid"] == "uid-1"


def test_without_tls_the_process_is_told_so() -> None:
    made = manifest(runtime={"image": "memory:1", "service": {"tls": {"enabled": False}}})
    environment = {it["name"]: it["value"] for it in made["spec"]["template"]["spec"]["containers"][0]["env"]}
    assert (environment["VIRTRIGAUD_PROVIDER_INSECURE"], environment["TLS_ENABLED"]) == ("true", "false")


def test_l19_everything_that_the_user_says_about_the_pods_is_passed_on() -> None:
    probe = {"exec": {"command": ["true"]}}
    runtime = {
        "image": "memory:2",
        "imagePullPolicy": "Always",
        "imagePullSecrets": [{"name": "registry"}],
        "replicas": 2,
        "service": {"port": 10443, "tls": {"secretRef": {"name": "lab-tls"}}},
        "logLevel": "debug",
        "logFormat": "json",
        "env": [
            {"name": "LOG_LEVEL", "value": "warn"},
            {"name": "EXTRA", "valueFrom": {"fieldRef": {"fieldPath": "x"}}},
        ],
        "resources": {"limits": {"cpu": "2"}},
        "nodeSelector": {"zone": "a"},
        "tolerations": [{"key": "t"}],
        "affinity": {"nodeAffinity": {}},
        "securityContext": {"runAsUser": 0},
        "livenessProbe": probe,
        "readinessProbe": probe,
    }
    made = manifest(runtime=runtime, defaults={"datastore": "ds1", "storagePod": "p", "cluster": "c", "folder": "f"})
    pod = made["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert made["spec"]["replicas"] == 2
    assert [pod[name] for name in ("imagePullSecrets", "nodeSelector", "tolerations", "affinity")] == [
        [{"name": "registry"}],
        {"zone": "a"},
        [{"key": "t"}],
        {"nodeAffinity": {}},
    ]
    passed = {"image", "imagePullPolicy", "resources", "securityContext", "livenessProbe", "readinessProbe"}
    assert {name: container[name] for name in passed} == {name: runtime[name] for name in passed}
    assert container["args"][0] == "--port=10443"
    environment = {it["name"]: it.get("value") for it in container["env"]}
    assert environment["LOG_LEVEL"] == "warn"
    assert environment["LOG_FORMAT"] == "json"
    defaults = [environment[f"PROVIDER_DEFAULT_{name}"] for name in ("DATASTORE", "STORAGE_POD", "CLUSTER", "FOLDER")]
    assert defaults == ["ds1", "p", "c", "f"]


def test_l24_long_names_are_cut_and_told_apart() -> None:
    names = set()
    for name in ("a" * 80 + "b", "a" * 80 + "c"):
        document = provider(name)
        document["metadata"]["uid"] = "uid-1"
        made = deployment(Provider.from_manifest(document), OUTSIDE, "digest")
        instance = made["spec"]["selector"]["matchLabels"]["app.kubernetes.io/instance"]
        assert max(len(made["metadata"]["name"]), len(instance)) <= 63
        names |= {made["metadata"]["name"], instance}
    assert len(names) == 4


def test_l18_only_what_a_provider_can_do_is_reported() -> None:
    assert reported(Capabilities()) == ReportedCapabilities()
    able = Capabilities(
        facets=frozenset({Facet.SNAPSHOTS, Facet.IMAGES}), reconfigure_online=True, disk_types=("thin",)
    )
    assert reported(able) == ReportedCapabilities(
        supports_reconfigure_online=True,
        supports_snapshots=True,
        supports_image_import=True,
        supported_disk_types=("thin",),
    )


Check = Callable[[Health], Health]


def good(rule: HealthCheck) -> Check:
    return lambda before: after_success(before, NOW, Capabilities(), rule)


def bad(rule: HealthCheck) -> Check:
    return lambda before: after_failure(before, NOW, DOWN, rule)


@pytest.mark.parametrize(
    ("checks", "healthy"),
    [
        ("g", [True]),
        ("b", [False]),
        ("gbbb", [True, True, True, False]),
        ("bgg", [False, False, True]),
        ("gbbgbb", [True] * 6),
    ],
)
def test_l22_thresholds_count_checks_in_a_row(checks: str, healthy: list[bool]) -> None:
    rule = HealthCheck(failure_threshold=3, success_threshold=2)
    health, seen = Health(), []
    for check in checks:
        health = (good(rule) if check == "g" else bad(rule))(health)
        seen.append(health.healthy)
    assert seen == healthy

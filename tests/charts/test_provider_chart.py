"""The chart of one provider, rendered: what it installs, what it refuses, and that its words are those of the SDK."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import helm_program
import pytest
import yaml
from virtrigaud_provider_sdk.scaffold.chart_checks import CHART_VALUES
from virtrigaud_provider_sdk.scaffold.project import write_project
from virtrigaud_provider_sdk.scaffold.provider_name import ProviderName
from virtrigaud_provider_sdk.settings import CREDENTIALS_MOUNT, SCRATCH_MOUNT, TLS_MOUNT, ProviderSettings

ROOT = Path(__file__).resolve().parents[2]
MISSING = helm_program.missing()
pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

CHART = ROOT / "charts/virtrigaud-provider"
LEAST = CHART / "ci/memory-values.yaml"
OPTIONAL = ("networkPolicy.enabled=true", "podDisruptionBudget.enabled=true")

WHOLE = {"resources", "podSecurityContext", "securityContext", "livenessProbe", "readinessProbe"}
"""Values that Kubernetes defines, and that are given as a whole."""

Document = dict[str, Any]


def helm(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [helm_program.helm(), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def rendered(*settings: str) -> dict[str, Document]:
    words = [word for setting in settings for word in ("--set", setting)]
    made = helm("template", "my", CHART, "--namespace", "clouds", "--values", LEAST, *words)
    assert made.returncode == 0, made.stderr
    return {document["kind"]: document for document in yaml.safe_load_all(made.stdout)}


def container(documents: dict[str, Document]) -> Document:
    (found,) = documents["Deployment"]["spec"]["template"]["spec"]["containers"]
    return dict(found)


def environment(documents: dict[str, Document]) -> dict[str, str]:
    return {variable["name"]: variable["value"] for variable in container(documents)["env"]}


def leaves(values: Document, path: str = "") -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, dict) and value and key not in WHOLE:
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}"


def test_helm_finds_nothing_wrong_with_it() -> None:
    checked = helm("lint", CHART, "--strict", "--values", LEAST)
    assert checked.returncode == 0, checked.stdout
    assert "1 chart(s) linted, 0 chart(s) failed" in checked.stdout


def test_it_takes_the_values_that_a_new_provider_is_written_with(tmp_path: Path) -> None:
    project = write_project(ProviderName.parse("my-cloud"), tmp_path)
    made = helm("template", "my", CHART, "--values", project / CHART_VALUES)
    assert made.returncode == 0, made.stderr
    images = {document["kind"]: document for document in yaml.safe_load_all(made.stdout)}
    assert container(images)["image"] == "registry.example.com/virtrigaud-provider-my-cloud:0.1.0"


def test_what_is_optional_is_left_out_until_it_is_wanted() -> None:
    assert set(rendered()) == {"ServiceAccount", "Service", "Deployment"}
    assert set(rendered(*OPTIONAL)) == {
        "ServiceAccount",
        "Service",
        "Deployment",
        "NetworkPolicy",
        "PodDisruptionBudget",
    }
    assert set(rendered("serviceAccount.create=false")) == {"Service", "Deployment"}


def test_every_variable_is_one_that_a_provider_reads() -> None:
    read = {str(field.validation_alias) for field in ProviderSettings.model_fields.values()}
    assert environment(rendered("state.existingClaim=tasks")).keys() <= read


def test_secrets_and_scratch_are_mounted_where_a_provider_reads_them() -> None:
    documents = rendered("credentials.secretName=login", "state.existingClaim=tasks")
    mounts = {mount["name"]: mount["mountPath"] for mount in container(documents)["volumeMounts"]}
    state = environment(documents)["VIRTRIGAUD_PROVIDER_STATE_DIRECTORY"]
    assert mounts == {
        "tmp": f"/{SCRATCH_MOUNT}",
        "tls": f"/{TLS_MOUNT}",
        "credentials": f"/{CREDENTIALS_MOUNT}",
        "state": state,
    }
    assert documents["Deployment"]["spec"]["strategy"] == {"type": "Recreate"}


def test_a_pod_has_no_rights_in_the_cluster_nor_on_its_node() -> None:
    documents = rendered()
    pod = documents["Deployment"]["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is documents["ServiceAccount"]["automountServiceAccountToken"] is False
    assert (pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["seccompProfile"]) == (
        True,
        {"type": "RuntimeDefault"},
    )
    assert container(documents)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_plaintext_is_served_only_where_tls_is_switched_off() -> None:
    assert environment(rendered())["VIRTRIGAUD_PROVIDER_INSECURE"] == "false"
    open_to_all = rendered("tls.enabled=false")
    assert environment(open_to_all)["VIRTRIGAUD_PROVIDER_INSECURE"] == "true"
    assert [mount["name"] for mount in container(open_to_all)["volumeMounts"]] == ["tmp"]


def test_a_variable_of_the_user_stands_in_place_of_that_of_the_chart() -> None:
    documents = rendered("env[0].name=LOG_LEVEL", "env[0].value=debug", "env[1].name=MY_CLOUD_REGION", "env[1].value=x")
    names = [variable["name"] for variable in container(documents)["env"]]
    assert (names.count("LOG_LEVEL"), environment(documents)["LOG_LEVEL"]) == (1, "debug")
    assert environment(documents)["MY_CLOUD_REGION"] == "x"


def test_labels_of_the_user_do_not_take_the_pod_away_from_its_service() -> None:
    documents = rendered("podLabels.team=blue", r"podLabels.app\.kubernetes\.io/instance=other")
    labels = documents["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert labels["team"] == "blue"
    assert documents["Service"]["spec"]["selector"].items() <= labels.items()


def test_only_the_namespaces_that_are_listed_may_call() -> None:
    policy = rendered(*OPTIONAL, "networkPolicy.ingress.metricsFromNamespaces={monitoring}")["NetworkPolicy"]["spec"]
    allowed = [
        ([source["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for source in rule["from"]], ports)
        for rule in policy["ingress"]
        if (ports := [port["port"] for port in rule["ports"]])
    ]
    assert allowed == [(["virtrigaud-system"], ["grpc", "health"]), (["monitoring"], ["health"])]
    assert policy["policyTypes"] == ["Ingress"]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("provider.type=My_Cloud", "at '/provider/type'"),
        ("image.repository=", "at '/image/repository'"),
        ("image.digest=latest", "at '/image/digest'"),
        ("tls.secretName=", "at '/tls/secretName'"),
        ("tls.secretname=x", "additional properties 'secretname' not allowed"),
        ("replicas=2", "additional properties 'replicas' not allowed"),
        ("service.port=70000", "at '/service/port'"),
        ("log.level=loud", "at '/log/level'"),
        ("networkPolicy.ingress.fromNamespaces=null", "at '/networkPolicy/ingress"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(setting: str, said: str) -> None:
    refused = helm("template", "my", CHART, "--values", LEAST, "--set", setting)
    assert refused.returncode != 0, setting
    assert said in refused.stderr


def test_every_value_is_in_the_readme() -> None:
    readme = (CHART / "README.md").read_text()
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    assert [leaf for leaf in leaves(values) if f"`{leaf}`" not in readme] == []

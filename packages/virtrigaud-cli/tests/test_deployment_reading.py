"""Deployment documents as values."""

import pytest
from podrunner_specimens import NAME, deployment_document
from virtrigaud_cli.podrunner.deployment_reading import read_deployment, template_digest
from virtrigaud_cli.podrunner.pod_template import (
    Container,
    EmptyDirectory,
    EnvironmentVariable,
    FromField,
    FromSecret,
    GrpcHealth,
    HttpGet,
    Literal,
    Mount,
    Probe,
    ProviderDeployment,
    SecretVolume,
    TcpConnect,
    UnsupportedVolume,
)


def test_a_provider_deployment_is_read_whole() -> None:
    document = deployment_document(
        {
            "args": ["--port=9443"],
            "ports": [{"name": "metrics", "containerPort": 8080}],
            "env": [
                {"name": "A", "value": "1"},
                {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
                {"name": "C", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            ],
            "volumeMounts": [{"name": "tls", "mountPath": "/tls"}, {"name": "tmp", "mountPath": "/work"}],
            "readinessProbe": {"httpGet": {"path": "/readyz", "port": "metrics"}, "initialDelaySeconds": 5},
            "livenessProbe": {"tcpSocket": {"port": 9443}, "periodSeconds": 20, "failureThreshold": 2},
        },
        volumes=[{"name": "tls", "secret": {"secretName": "t"}}, {"name": "tmp", "emptyDir": {}}],
        terminationGracePeriodSeconds=7,
    )

    labels = tuple(sorted(document["spec"]["template"]["metadata"]["labels"].items()))
    assert read_deployment(document) == ProviderDeployment(
        namespace="default",
        name=NAME,
        uid="u-1",
        generation=3,
        replicas=1,
        provider_type="memory",
        labels=labels,
        annotations=(),
        container=Container(
            name="provider",
            image="example/provider:1",
            arguments=("--port=9443",),
            environment=(
                EnvironmentVariable("A", Literal("1")),
                EnvironmentVariable("B", FromSecret("s", "k")),
                EnvironmentVariable("C", FromField("metadata.name")),
            ),
            mounts=(Mount("tls", "/tls", SecretVolume("t")), Mount("tmp", "/work", EmptyDirectory())),
            liveness=Probe(TcpConnect(9443), period_seconds=20, failure_threshold=2),
            readiness=Probe(HttpGet(8080, "/readyz"), initial_delay_seconds=5),
        ),
        grace_seconds=7,
        template_digest=template_digest(document["spec"]["template"]),
    )


def test_a_grpc_probe_keeps_its_service() -> None:
    read = read_deployment(deployment_document({"livenessProbe": {"grpc": {"port": 9443, "service": "provider"}}}))

    assert read.container.liveness == Probe(GrpcHealth(9443, "provider"))


def test_what_only_a_node_can_give_is_kept_as_such() -> None:
    document = deployment_document(
        {"volumeMounts": [{"name": "h", "mountPath": "/h"}, {"name": "s", "mountPath": "/s", "subPath": "x"}]},
        volumes=[{"name": "h", "hostPath": {"path": "/"}}, {"name": "s", "secret": {"secretName": "t"}}],
    )

    mounts = read_deployment(document).container.mounts

    assert [mount.volume for mount in mounts] == [UnsupportedVolume("hostPath"), UnsupportedVolume("subPath")]


@pytest.mark.parametrize(
    ("container", "message"),
    [
        ({"volumeMounts": [{"name": "x", "mountPath": "/x"}]}, "volumeMount x names no volume of the pod"),
        (
            {"readinessProbe": {"httpGet": {"port": "http"}}},
            "a probe names the port 'http', which the container does not have",
        ),
        (
            {"env": [{"name": "CPU", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}]},
            "environment variable CPU: resourceFieldRef is not to be had locally",
        ),
    ],
)
def test_a_template_that_makes_no_pod_is_refused_in_words(container: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_deployment(deployment_document(container))


def test_a_second_container_is_refused() -> None:
    document = deployment_document()
    document["spec"]["template"]["spec"]["containers"] *= 2

    with pytest.raises(ValueError, match="has one container, this one has 2"):
        read_deployment(document)


def test_another_template_has_another_digest() -> None:
    one, other = deployment_document(), deployment_document({"args": ["--x"]})

    digests = {template_digest(document["spec"]["template"]) for document in (one, deployment_document(), other)}

    assert len(digests) == 2

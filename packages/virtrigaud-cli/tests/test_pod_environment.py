"""The environment and the arguments of a pod's process."""

import os
from pathlib import Path
from typing import Any

import pytest
from podrunner_specimens import deployment_document, identity, secret_document, view
from virtrigaud_cli.podrunner.cluster_view import NotYet
from virtrigaud_cli.podrunner.deployment_reading import read_deployment
from virtrigaud_cli.podrunner.environment import (
    ResolvedEnvironment,
    container_arguments,
    container_environment,
    expanded,
    process_environment,
)
from virtrigaud_cli.podrunner.pod_template import Container


def container(*env: dict[str, Any], args: tuple[str, ...] = ()) -> Container:
    return read_deployment(deployment_document({"env": list(env), "args": list(args)})).container


def resolve(*env: dict[str, Any], **contents: Any) -> ResolvedEnvironment:
    return container_environment(container(*env), identity(), view(**contents))


def test_variables_come_from_the_manifest_secrets_config_maps_and_the_pod() -> None:
    resolved = resolve(
        {"name": "PLAIN", "value": "1"},
        {"name": "USER", "valueFrom": {"secretKeyRef": {"name": "creds", "key": "username"}}},
        {"name": "MODE", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "mode"}}},
        {"name": "NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
        {"name": "INSTANCE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['app.kubernetes.io/instance']"}}},
        {"name": "NOTE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.annotations['note']"}}},
        {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
        {"name": "UID", "valueFrom": {"fieldRef": {"fieldPath": "metadata.uid"}}},
        secrets={"creds": secret_document(username="root")},
        config_maps={"settings": {"data": {"mode": "fast"}}},
    )

    assert resolved.variables == {
        "PLAIN": "1",
        "USER": "root",
        "MODE": "fast",
        "NAMESPACE": "default",
        "INSTANCE": "lab",
        "NOTE": "n",
        "IP": "127.96.0.7",
        "UID": "pod-uid",
    }


def test_a_variable_sees_earlier_ones_by_name() -> None:
    resolved = resolve({"name": "HOST", "value": "h"}, {"name": "URL", "value": "http://$(HOST):$(PORT)/$$(HOST)"})

    assert resolved.variables["URL"] == "http://h:$(PORT)/$(HOST)"


def test_l31_a_secret_never_becomes_an_argument_not_even_through_another_variable() -> None:
    secret = {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "creds", "key": "password"}}}
    through = {"name": "DSN", "value": "user:$(PASSWORD)"}
    made = container(secret, through, args=("--dsn=$(DSN)", "--password=$(PASSWORD)"))

    resolved = container_environment(made, identity(), view({"creds": secret_document(password="canary")}))

    assert resolved.variables["DSN"] == "user:canary"
    assert container_arguments(made, resolved.public) == ("--dsn=user:$(PASSWORD)", "--password=$(PASSWORD)")
    assert "canary" not in repr(resolved)


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ({}, "Secret default/creds does not exist"),
        ({"secrets": {"creds": secret_document(other="x")}}, "Secret default/creds has no key password"),
    ],
)
def test_l15_a_missing_secret_or_key_is_named_exactly(contents: dict[str, Any], message: str) -> None:
    with pytest.raises(NotYet) as missing:
        resolve({"name": "P", "valueFrom": {"secretKeyRef": {"name": "creds", "key": "password"}}}, **contents)

    assert (missing.value.reason, missing.value.message) == ("CreateContainerConfigError", message)


def test_an_optional_variable_without_its_secret_is_left_out() -> None:
    reference = {"name": "creds", "key": "password", "optional": True}

    assert resolve({"name": "P", "valueFrom": {"secretKeyRef": reference}}).variables == {}


def test_a_field_that_no_local_pod_has_is_refused_by_name() -> None:
    with pytest.raises(NotYet, match=r"variable Z: the field spec\.zone is not to be had locally"):
        resolve({"name": "Z", "valueFrom": {"fieldRef": {"fieldPath": "spec.zone"}}})


def test_a_process_gets_its_address_its_files_and_little_of_the_surroundings(tmp_path: Path) -> None:
    os.environ["CANARY_OF_THE_SURROUNDINGS"] = "1"
    try:
        environment = process_environment({"A": "1"}, address="127.96.0.7", mount_root=tmp_path)
    finally:
        del os.environ["CANARY_OF_THE_SURROUNDINGS"]

    assert environment["VIRTRIGAUD_PROVIDER_BIND_ADDRESS"] == "127.96.0.7"
    assert environment["VIRTRIGAUD_MOUNT_ROOT"] == str(tmp_path)
    assert environment["TMPDIR"] == str(tmp_path / "tmp")
    assert environment["A"] == "1"
    assert "CANARY_OF_THE_SURROUNDINGS" not in environment


def test_text_without_references_stays_as_it_is() -> None:
    assert expanded("a$b (c) $", {"b": "x"}) == "a$b (c) $"

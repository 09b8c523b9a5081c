"""Whatever a manifest says is said again after a model has read and written it."""

from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schema_documents import manifests
from virtrigaud_api.v1beta1 import KINDS, KubeObject, VirtualMachine


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.names.kind)
@given(data=st.data())
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_a_manifest_is_the_same_after_a_model_has_read_and_written_it(
    kind: type[KubeObject], data: st.DataObject
) -> None:
    manifest = data.draw(manifests(kind))
    model = kind.from_manifest(manifest)
    assert model.to_manifest() == manifest
    assert kind.from_manifest(yaml.safe_load(yaml.safe_dump(manifest))) == model


def machine(**spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "infra.virtrigaud.io/v1beta1",
        "kind": "VirtualMachine",
        "metadata": {"name": "web"},
        "spec": {"providerRef": {"name": "lab"}, "classRef": {"name": "small"}, **spec},
    }


def test_l20_an_explicit_false_zero_or_empty_value_stays() -> None:
    manifest = machine(
        disks=[],
        tags=[],
        userData={},
        lifecycle={"postStart": {"snapshot": {"name": "first", "includeMemory": False}}},
        importedDisk={"diskID": "d", "path": ""},
    )
    manifest["status"] = {"observedGeneration": 0, "ips": [], "provider": {}, "message": ""}
    assert VirtualMachine.from_manifest(manifest).to_manifest() == manifest


def test_what_was_never_set_is_never_written_although_it_reads_as_its_default() -> None:
    manifest = machine(lifecycle={})
    model = VirtualMachine.from_manifest(manifest)
    assert model.spec.lifecycle is not None
    assert str(model.spec.lifecycle.graceful_shutdown_timeout) == "60s"
    assert model.spec.disks == ()
    assert model.status.ips == ()
    assert model.to_manifest() == manifest


def test_fields_that_no_model_knows_survive_at_every_depth() -> None:
    manifest = machine(
        fromTheFuture={"deep": [1, {"deeper": None}]},
        disks=[{"name": "data", "sizeGiB": 1, "cacheMode": "none"}],
    )
    manifest["metadata"]["managedFields"] = [{"manager": "kubectl"}]
    manifest["spec"]["providerRef"]["apiGroup"] = "infra.virtrigaud.io"
    assert VirtualMachine.from_manifest(manifest).to_manifest() == manifest


def test_the_python_name_of_a_field_is_no_field_in_a_manifest() -> None:
    assert VirtualMachine.from_manifest(machine(power_state="On")).spec.power_state is None

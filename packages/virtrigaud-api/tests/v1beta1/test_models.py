"""How the models behave for those who read manifests with them and build objects in Python."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError
from virtrigaud_api.v1beta1 import Condition, ConditionStatus, ObjectMeta, Provider, VirtualMachine, VMClass, keys
from virtrigaud_api.v1beta1.provider_runtime import ProviderRuntime
from virtrigaud_api.v1beta1.references import ObjectReference
from virtrigaud_api.v1beta1.virtual_machine import VirtualMachineSpec
from virtrigaud_api.v1beta1.vm_image_source import HttpImageSource


def test_every_mistake_is_reported_at_once_by_its_path_in_the_manifest() -> None:
    with pytest.raises(ValidationError) as refused:
        Provider.from_manifest(
            {
                "apiVersion": "infra.virtrigaud.io/v1alpha1",
                "spec": {
                    "type": "Not A Label",
                    "endpoint": "nowhere",
                    "credentialSecretRef": {},
                    "runtime": {"image": "x", "replicas": "2", "service": {"port": 80}},
                    "healthCheck": {"interval": "soon"},
                },
            }
        )
    assert [".".join(str(step) for step in mistake["loc"]) for mistake in refused.value.errors()] == [
        "apiVersion",
        "spec.type",
        "spec.endpoint",
        "spec.credentialSecretRef.name",
        "spec.runtime.replicas",
        "spec.runtime.service.port",
        "spec.healthCheck.interval",
    ]


def test_l31_a_refused_manifest_is_not_quoted_in_the_error() -> None:
    with pytest.raises(ValidationError) as refused:
        VirtualMachine.from_manifest({"spec": {"userData": {"cloudInit": {"inline": ["canary-4711"]}}}})
    assert "userData.cloudInit.inline" in str(refused.value)
    assert "canary" not in str(refused.value)


def test_l31_a_model_that_is_printed_does_not_show_what_may_be_secret() -> None:
    canary = "canary-4711"
    machine = VirtualMachine.from_manifest(
        {
            "spec": {
                "providerRef": {"name": "lab"},
                "classRef": {"name": "small"},
                "userData": {"cloudInit": {"inline": canary}, "ignition": {"inline": canary}},
                "metaData": {"cloudInit": {"inline": canary}},
                "networkData": {"cloudInit": {"inline": canary}},
            }
        }
    )
    runtime = ProviderRuntime.from_manifest({"image": "x", "env": [{"name": "TOKEN", "value": canary}]})
    source = HttpImageSource.from_manifest({"url": "https://x", "headers": {"Authorization": canary}})
    assert all(canary in str(model.to_manifest()) for model in (machine, runtime, source))
    assert not any(canary in repr(model) + str(model) for model in (machine, runtime, source))


def test_an_object_built_in_python_becomes_a_manifest() -> None:
    machine = VirtualMachine(
        metadata=ObjectMeta(name="web", namespace="shop", finalizers=(keys.FINALIZER_VIRTUAL_MACHINE,)),
        spec=VirtualMachineSpec(
            provider_ref=ObjectReference(name="lab", namespace="infra"), class_ref=ObjectReference(name="small")
        ),
    )
    assert machine.to_manifest() == {
        "apiVersion": "infra.virtrigaud.io/v1beta1",
        "kind": "VirtualMachine",
        "metadata": {
            "name": "web",
            "namespace": "shop",
            "finalizers": ["virtualmachine.infra.virtrigaud.io/finalizer"],
        },
        "spec": {"providerRef": {"name": "lab", "namespace": "infra"}, "classRef": {"name": "small"}},
    }


def test_a_condition_is_written_as_kubernetes_writes_it() -> None:
    condition = Condition(
        type="Ready",
        status=ConditionStatus.FALSE,
        reason="WaitingForDependencies",
        message="VMClass shop/small does not exist",
        last_transition_time=datetime(2026, 1, 31, 12, 0, tzinfo=UTC),
        observed_generation=3,
    )
    assert condition.to_manifest() == {
        "type": "Ready",
        "status": "False",
        "reason": "WaitingForDependencies",
        "message": "VMClass shop/small does not exist",
        "lastTransitionTime": "2026-01-31T12:00:00Z",
        "observedGeneration": 3,
    }


def test_a_model_cannot_be_changed() -> None:
    vm_class = VMClass.from_manifest({"spec": {"cpu": 1, "memory": "256Mi"}})
    with pytest.raises(ValidationError, match="frozen"):
        vm_class.spec.cpu = 2


@pytest.mark.parametrize("value", [0, "0", 1.0, "yes", None])
def test_a_boolean_is_true_or_false_and_nothing_else(value: object) -> None:
    profile = {"secureBoot": value}
    with pytest.raises(ValidationError, match=r"spec\.securityProfile\.secureBoot"):
        VMClass.from_manifest({"spec": {"cpu": 1, "memory": "1Gi", "securityProfile": profile}})


def test_the_names_of_the_api_fit_together() -> None:
    assert f"{keys.GROUP}/{keys.VERSION}" == keys.API_VERSION
    assert keys.VM_CLASS.crd_name == "vmclasses.infra.virtrigaud.io"
    assert (keys.VM_CLASS.singular, keys.VM_CLASS.list_kind) == ("vmclass", "VMClassList")


def test_reading_manifests_needs_pydantic_and_nothing_else() -> None:
    program = "import sys, virtrigaud_api.v1beta1; print(*{name.partition('.')[0] for name in sys.modules})"
    listed = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    loaded = set(listed.split()) - sys.stdlib_module_names
    assert {name for name in loaded if not name.startswith("_")} <= {
        "virtrigaud_api",
        "pydantic",
        "pydantic_core",
        "annotated_types",
        "typing_extensions",
        "typing_inspection",
    }

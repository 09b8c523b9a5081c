"""What is wrong is said, where it is wrong, and mended input wakes at once."""

import pytest
from virtrigaud_cli.kube.resources import VIRTUAL_MACHINE

from tests.e2e.support.local_system import LocalSystem
from tests.e2e.support.tenant import Tenant

MANIFEST = """
apiVersion: infra.virtrigaud.io/v1beta1
kind: VirtualMachine
metadata:
  name: wrong
  namespace: default
spec:
  providerRef: {{name: memory}}
  classRef: {{name: small}}
  imageRef: {{name: guest}}
  {line}
"""


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("powerState: Sideways", "spec.powerState"),
        ("networks: [{name: 7}]", "spec.networks[0].name"),
        ("disks: [{name: data, sizeGiB: -1}]", "spec.disks[0].sizeGiB"),
        ("tags: web", "spec.tags"),
    ],
)
def test_an_invalid_manifest_is_refused_with_the_path_of_the_field(system: LocalSystem, line: str, path: str) -> None:
    refused = system.kubectl("apply", "-f", "-", text=MANIFEST.format(line=line), check=False)

    assert refused.returncode == 1
    assert path in refused.stderr


def test_an_unknown_field_is_refused_by_its_name(system: LocalSystem) -> None:
    refused = system.kubectl("apply", "-f", "-", text=MANIFEST.format(line="colour: blue"), check=False)

    assert refused.returncode == 1
    assert 'unknown field "spec.colour"' in refused.stderr


@pytest.mark.parametrize(
    ("missing", "spec"),
    [
        ("VMClass", {"classRef": {"name": "later"}}),
        ("VMImage", {"imageRef": {"name": "later"}}),
        ("Provider", {"providerRef": {"name": "later"}}),
    ],
)
def test_l15_a_missing_dependency_is_named_and_its_appearance_wakes_the_machine_at_once(
    tenant: Tenant, missing: str, spec: dict[str, dict[str, str]]
) -> None:
    tenant.add_machine("web", **spec)
    waiting = tenant.wait_for_condition(
        VIRTUAL_MACHINE, "web", "Ready", "False", reason="WaitingForDependencies", seconds=10
    )
    assert f"{missing} {tenant.namespace}/later" in waiting["message"]

    match missing:
        case "VMClass":
            tenant.add_class("later", cpu=1, memory="256Mi")
        case "VMImage":
            tenant.add_image("later")
        case _:
            tenant.add_provider("later")
    # Well below every period after which the manager would look again by itself.
    tenant.wait_until_ready("web", seconds=5)

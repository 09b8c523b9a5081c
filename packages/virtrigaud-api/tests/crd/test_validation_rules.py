"""Each rule across fields refuses what it is for and accepts the rest, evaluated as CEL."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from cel_expr_python import cel
from virtrigaud_api.crd.validation_rules import RULES, Rule
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.network_ref import NetworkRef
from virtrigaud_api.v1beta1.virtual_machine import VirtualMachineSpec
from virtrigaud_api.v1beta1.vm_image_source import ImageSource

VARIABLES = {"self": cel.Type.DYN, "oldSelf": cel.Type.DYN}
LAB, OTHER = {"name": "lab"}, {"name": "other"}
FROM_IMAGE = {"providerRef": LAB, "imageRef": {"name": "debian-12"}}
FROM_DISK = {"providerRef": LAB, "importedDisk": {"diskID": "d"}}


@dataclass(frozen=True)
class Case:
    model: type[KubeModel]
    value: Mapping[str, Any]
    refused_for: tuple[str, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)


CASES = {
    "a root disk from an image": Case(VirtualMachineSpec, FROM_IMAGE),
    "a root disk that exists": Case(VirtualMachineSpec, FROM_DISK),
    "no root disk": Case(VirtualMachineSpec, {"providerRef": LAB}, ("exactly one of imageRef",)),
    "two root disks": Case(VirtualMachineSpec, FROM_IMAGE | FROM_DISK, ("exactly one of imageRef",)),
    "an update beside the provider": Case(VirtualMachineSpec, FROM_IMAGE | {"powerState": "Off"}, before=FROM_IMAGE),
    "another provider": Case(
        VirtualMachineSpec, FROM_IMAGE | {"providerRef": OTHER}, ("providerRef cannot be changed",), FROM_IMAGE
    ),
    "a provider of the same name elsewhere": Case(
        VirtualMachineSpec,
        FROM_IMAGE | {"providerRef": LAB | {"namespace": "shop"}},
        ("providerRef cannot be changed",),
        FROM_IMAGE,
    ),
    "an address by DHCP": Case(NetworkRef, {"name": "lan"}),
    "a static address with its prefix": Case(NetworkRef, {"name": "lan", "ipAddress": "192.0.2.1", "prefix": 24}),
    "a static address without its prefix": Case(
        NetworkRef, {"name": "lan", "ipAddress": "192.0.2.1"}, ("needs prefix",)
    ),
    "a source": Case(ImageSource, {"http": {"url": "https://images.example.com/x.qcow2"}}),
    "sources for two hypervisors": Case(ImageSource, {"libvirt": {}, "vsphere": {}}),
    "no source": Case(ImageSource, {}, ("name at least one source: vsphere, libvirt, proxmox, http",)),
}


def holds(rule: Rule, value: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """As the API server does: a rule about a change holds where nothing was before."""
    if "oldSelf" in rule.condition and not before:
        return True
    program = cel.NewEnv(variables=VARIABLES).compile(rule.condition)
    return bool(program.eval(data={"self": value, "oldSelf": before}).value())


def refusals(case: Case) -> Iterator[str]:
    return (rule.message for rule in RULES[case.model] if not holds(rule, case.value, case.before))


@pytest.mark.parametrize("name", CASES)
def test_a_rule_refuses_what_it_is_for_and_accepts_the_rest(name: str) -> None:
    case = CASES[name]
    messages = list(refusals(case))
    assert len(messages) == len(case.refused_for)
    assert all(wanted in message for wanted, message in zip(case.refused_for, messages, strict=True))


def test_every_rule_is_seen_to_refuse_something() -> None:
    seen = {message for case in CASES.values() for message in refusals(case)}
    assert seen == {rule.message for rules in RULES.values() for rule in rules}


def test_a_rule_points_to_a_field_that_its_model_has() -> None:
    for model, rules in RULES.items():
        names = {f".{part.alias}" for part in model.model_fields.values()}
        assert {rule.field_path for rule in rules} <= names | {""}

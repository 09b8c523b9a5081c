"""Each rule across fields refuses what it is for and accepts the rest, as the embedded API server evaluates it.

A case begins with a spec that is valid, and changes some of it. The server must name the field and give the message.
"""

from collections.abc import Mapping
from typing import Any

import pytest
from embedded_api import EmbeddedApi
from rule_case import MACHINE, Case
from rule_cases import CASES
from virtrigaud_api.crd.rule import Rule
from virtrigaud_api.crd.validation_rules import RULES

ALL_RULES = {rule for rules in RULES.values() for rule in rules}


@pytest.mark.parametrize("name", CASES)
def test_a_rule_refuses_what_it_is_for_and_accepts_the_rest(api: EmbeddedApi, name: str) -> None:
    case = CASES[name]
    refusals = api.refusals(case.kind, case.spec, case.before)
    assert [refusal.field for refusal in refusals] == [field for field, _ in case.refused]
    for refusal, (_, message) in zip(refusals, case.refused, strict=True):
        assert message in refusal.message


def rules_named(case: Case) -> set[Rule]:
    return {rule for rule in ALL_RULES for _, message in case.refused if message in rule.message}


def test_every_rule_is_seen_to_refuse_something() -> None:
    assert {rule.message for case in CASES.values() for rule in rules_named(case)} == {
        rule.message for rule in ALL_RULES
    }


def test_a_refused_case_has_an_accepted_one_of_the_same_kind() -> None:
    accepted = {case.kind for case in CASES.values() if not case.refused}
    assert {case.kind for case in CASES.values()} == accepted


def test_a_rule_points_to_a_field_that_its_model_has() -> None:
    for model, rules in RULES.items():
        names = {f".{part.alias}" for part in model.model_fields.values()}
        for rule in rules:
            assert not rule.field_path or f".{rule.field_path.split('.')[1]}" in names


def test_several_mistakes_are_reported_at_once(api: EmbeddedApi) -> None:
    spec: Mapping[str, Any] = {
        "providerRef": {"name": "Not A Name"},
        "classRef": {},
        "imageRef": {"name": "debian-12"},
        "powerState": "Onn",
        "disks": [{"name": "data", "sizeGiB": 0}, {"name": "data", "sizeGiB": "10"}],
    }
    assert sorted(refusal.field for refusal in api.refusals("VirtualMachine", spec)) == [
        "spec.classRef.name",
        "spec.disks[0].sizeGiB",
        "spec.disks[1]",
        "spec.disks[1].sizeGiB",
        "spec.powerState",
        "spec.providerRef.name",
    ]


def test_several_broken_rules_are_reported_at_once(api: EmbeddedApi) -> None:
    spec = {
        "providerRef": {"name": "lab"},
        "classRef": {"name": "small"},
        "networks": [{"name": "lan", "ipAddress": "192.0.2.1"}],
        "userData": {"cloudInit": {}, "ignition": {"inline": "{}"}},
    }
    assert sorted(refusal.field for refusal in api.refusals("VirtualMachine", spec)) == [
        "spec",
        "spec.networks[0].prefix",
        "spec.userData",
        "spec.userData.cloudInit",
    ]


def test_a_hook_takes_texts_as_long_as_what_they_name_can_be_and_no_longer(api: EmbeddedApi) -> None:
    texts = {"host": 253, "path": 2048}, {"name": 255, "description": 1024}
    longest, longer = ([{key: "a" * (n + more) for key, n in text.items()} for text in texts] for more in (0, 1))

    def refused(request: Mapping[str, Any], snapshot: Mapping[str, Any]) -> list[str]:
        hooks = {"postStart": {"httpGet": {"port": 80, **request}}, "preStop": {"snapshot": snapshot}}
        return sorted(refusal.field for refusal in api.refusals("VirtualMachine", {**MACHINE, "lifecycle": hooks}))

    assert refused(*longest) == []
    assert refused(*longer) == [
        "spec.lifecycle.postStart.httpGet.host",
        "spec.lifecycle.postStart.httpGet.path",
        "spec.lifecycle.preStop.snapshot.description",
        "spec.lifecycle.preStop.snapshot.name",
    ]

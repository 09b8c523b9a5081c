"""Kubernetes' own validation has the last word on the definitions, the cost of their rules, and every case and example.

Built from source by Go, which takes minutes; so it runs only where it is asked for.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from rule_case import Case
from rule_cases import CASES
from virtrigaud_api.crd.custom_resource import custom_resource_definition
from virtrigaud_api.v1beta1 import KINDS

ROOT = Path(__file__).parents[4]
ASKED_FOR = "VIRTRIGAUD_KUBERNETES_CHECK"
EXAMPLES = [
    manifest
    for file in sorted((ROOT / "examples").rglob("*.yaml"))
    for manifest in yaml.safe_load_all(file.read_text(encoding="utf-8"))
]

pytestmark = [
    pytest.mark.skipif(not os.environ.get(ASKED_FOR), reason=f"set {ASKED_FOR}=1, with Go 1.25 or later on the PATH"),
    pytest.mark.timeout(1200),
]


def manifest(kind: str, part: Mapping[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "infra.virtrigaud.io/v1beta1", "kind": kind, "metadata": {"name": "tried"}, **part}


def question(case: Case) -> dict[str, Any]:
    if case.before is None:
        return {"kind": case.kind, "object": manifest(case.kind, {"spec": case.spec}), "before": None}
    wanted = {**case.before, "spec": case.spec}
    return {"kind": case.kind, "object": manifest(case.kind, wanted), "before": manifest(case.kind, case.before)}


@pytest.fixture(scope="module")
def answer() -> Any:
    asked = {
        "definitions": [custom_resource_definition(kind) for kind in KINDS],
        "cases": [
            *map(question, CASES.values()),
            *({"kind": example["kind"], "object": example, "before": None} for example in EXAMPLES),
        ],
    }
    folder = ROOT / "tools" / "kubernetes-check"
    done = subprocess.run(
        ["go", "run", "."], cwd=folder, input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_definitions_are_valid_and_their_rules_within_the_cost_limits(answer: Any) -> None:
    assert answer["definitions"] == []


def test_every_case_ends_as_on_the_embedded_api_server(answer: Any) -> None:
    for (name, case), refusals in zip(CASES.items(), answer["cases"], strict=False):
        assert (name, sorted(one["field"] for one in refusals)) == (name, sorted(field for field, _ in case.refused))
        assert all(any(message in one["message"] for one in refusals) for _, message in case.refused)


def test_every_example_is_accepted(answer: Any) -> None:
    assert answer["cases"][len(CASES) :] == [[] for _ in EXAMPLES]

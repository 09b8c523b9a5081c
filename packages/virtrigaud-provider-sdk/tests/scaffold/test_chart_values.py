"""The chart values of a new provider, and what `verify` says about wrong ones."""

import json
from pathlib import Path

import pytest
from virtrigaud_provider_sdk.scaffold.chart_checks import CHART_VALUES, KNOWN_VALUES, check_chart_values
from virtrigaud_provider_sdk.scaffold.project import write_project
from virtrigaud_provider_sdk.scaffold.provider_name import ProviderName

NAME = ProviderName.parse("my-cloud")
SCHEMA = Path(__file__).parents[4] / "charts/virtrigaud-provider/values.schema.json"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(NAME, tmp_path)


def wrongs(project: Path) -> dict[str, str]:
    return {finding.subject: finding.wrong for finding in check_chart_values(NAME, project) if finding.wrong}


def test_the_values_of_a_new_project_are_well(project: Path) -> None:
    assert [finding.subject for finding in check_chart_values(NAME, project)] == [
        f"{CHART_VALUES} {part}" for part in ("keys", "provider.type", "image.repository", "tls")
    ]
    assert wrongs(project) == {}


def test_the_values_that_are_known_are_those_of_the_chart() -> None:
    assert set(json.loads(SCHEMA.read_text())["properties"]) == KNOWN_VALUES


def test_a_project_without_values_is_run_by_the_manager_only(project: Path) -> None:
    (project / CHART_VALUES).unlink()
    assert list(check_chart_values(NAME, project)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("provider: [", {f"{CHART_VALUES}": "can't be read: ParserError"}),
        ("- a", {f"{CHART_VALUES}": "holds no values"}),
        (
            "provider: {type: other}\nreplicas: 2\ntls: {enabled: false}\n",
            {
                f"{CHART_VALUES} keys": "the chart has no replicas",
                f"{CHART_VALUES} provider.type": "is 'other', and must be 'my-cloud'",
                f"{CHART_VALUES} image.repository": "missing; name the provider's image",
                f"{CHART_VALUES} tls": "must name a Secret and not be disabled",
            },
        ),
    ],
    ids=["broken", "a-list", "wrong"],
)
def test_what_is_wrong_with_them_is_said(project: Path, text: str, found: dict[str, str]) -> None:
    (project / CHART_VALUES).write_text(text)
    assert wrongs(project) == found

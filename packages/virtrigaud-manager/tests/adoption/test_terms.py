"""Ring 1: what the annotations of a Provider say, and what is made of nonsense."""

import time
from dataclasses import replace
from typing import Any

import pytest
from manifests import provider
from virtrigaud_api.contract import MachineId, MachineState, MiB, Placement, PowerState
from virtrigaud_api.v1beta1 import Provider
from virtrigaud_api.v1beta1.keys import ANNOTATION_ADOPT_FILTER, ANNOTATION_ADOPT_VMS
from virtrigaud_manager.kinds.adoption.terms import Mode, Terms, TermsError, terms_of

STATE = MachineState(
    id=MachineId("vm-7"),
    name="web-01",
    owner=None,
    power=PowerState.ON,
    cpus=2,
    memory=MiB(4096),
    tags=("prod", "eu"),
    placement=Placement(folder="team-a"),
)


def terms(wanted: str = "", mode: str = "true") -> Terms:
    manifest = provider()
    manifest["metadata"]["annotations"] = {ANNOTATION_ADOPT_VMS: mode, ANNOTATION_ADOPT_FILTER: wanted}
    return terms_of(Provider.from_manifest(manifest))


@pytest.mark.parametrize(
    ("said", "mode"),
    [
        ("true", Mode.OBSERVE),
        ("managed", Mode.MANAGE),
        ("dry-run", Mode.DRY_RUN),
        ("false", Mode.OFF),
        ("", Mode.OFF),
    ],
)
def test_the_annotation_says_what_is_done(said: str, mode: Mode) -> None:
    assert terms(mode=said).mode is mode


def test_without_the_annotation_nothing_is_adopted() -> None:
    assert terms_of(Provider.from_manifest(provider())) == Terms(Mode.OFF)


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ("{}", None),
        ('{"namePattern": "^web-"}', None),
        ('{"namePattern": "eb-0"}', None),
        ('{"namePattern": "^db-"}', "its name does not match ^db-"),
        ('{"powerState": "Off"}', "it is On, the filter wants Off"),
        ('{"minCPU": 2, "maxCPU": 2}', None),
        ('{"minCPU": 3}', "it has 2 CPUs, the filter wants 3 or more"),
        ('{"maxCPU": 1}', "it has 2 CPUs, the filter wants 1 or less"),
        ('{"minMemoryMiB": 8192, "maxMemoryMiB": 9000}', "it has 4096 MiB, the filter wants 8192 to 9000"),
        ('{"tags": ["prod"]}', None),
        ('{"tags": ["prod", "us"]}', "it has not all of the tags prod, us"),
        ('{"folders": ["team-b", "team-a"]}', None),
        ('{"folders": ["team-b"]}', "it is in folder team-a, the filter wants team-b"),
        ('{"ignore": ["vm-7"]}', "the filter ignores it"),
        ('{"ignore": ["web-01"]}', "the filter ignores it"),
    ],
)
def test_a_filter_says_why_a_machine_is_not_wanted(wanted: str, why: str | None) -> None:
    assert terms(wanted).why_not(STATE) == why


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("{", "virtrigaud.io/adopt-filter: the text: Invalid JSON"),
        ('{"nameGlob": "x"}', "virtrigaud.io/adopt-filter: nameGlob: Extra inputs are not permitted"),
        ('{"minCPU": "many"}', "virtrigaud.io/adopt-filter: minCPU:"),
        ('{"powerState": "Sleeping"}', "virtrigaud.io/adopt-filter: powerState:"),
        ('{"namePattern": "("}', "virtrigaud.io/adopt-filter: namePattern is no regular expression: missing )"),
        ('{"namePattern": "(?=x)"}', "namePattern is no regular expression: invalid perl operator"),
        ('{"ignore": ["' + "x" * 9000 + '"]}', "virtrigaud.io/adopt-filter is longer than 8192 characters"),
    ],
)
def test_nonsense_is_refused_with_the_place_where_it_stands(wanted: str, message: str) -> None:
    with pytest.raises(TermsError) as raised:
        terms(wanted)
    assert message in str(raised.value)


def test_an_unknown_mode_is_refused_with_what_can_be_written() -> None:
    with pytest.raises(TermsError, match="is 'yes'; write true, managed or dry-run"):
        terms(mode="yes")


def test_a_pattern_that_explodes_elsewhere_takes_no_time_here() -> None:
    hostile = replace(STATE, name="a" * 200 + "!")
    began = time.process_time()
    assert terms('{"namePattern": "^(a+)+$"}').why_not(hostile) is not None
    assert time.process_time() - began < 5


def test_a_pattern_that_needs_too_much_memory_is_refused() -> None:
    with pytest.raises(TermsError, match="namePattern is no regular expression"):
        terms('{"namePattern": "((a{100}){100}){100}"}')


def test_what_a_filter_says_is_compared_as_a_value() -> None:
    said: Any = terms('{"minCPU": 1}')
    assert said == terms('{"minCPU": 1}')

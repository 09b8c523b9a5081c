"""What get, describe and events show."""

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console
from virtrigaud_api.v1beta1 import KINDS
from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.kube.blocking import BlockingApi
from virtrigaud_cli.kube.discovery import our_resources
from virtrigaud_cli.kube.resources import EVENT, PROVIDER, VIRTUAL_MACHINE, VM_CLASS, Resource
from virtrigaud_cli.local.system_crds import apply_crds
from virtrigaud_cli.reading.describe import describe
from virtrigaud_cli.reading.documents import age, yaml_text
from virtrigaud_cli.reading.events import events, happenings_of
from virtrigaud_cli.reading.get import Wanted, get
from virtrigaud_cli.reading.kind_names import kind_and_name, one_object, resources_named
from virtrigaud_cli.reading.output_form import OutputForm
from virtrigaud_cli.reading.printing import plain_lines, show

KNOWN = (VIRTUAL_MACHINE, PROVIDER, VM_CLASS)
NOW = datetime(2026, 1, 10, tzinfo=UTC)


@pytest.fixture
def kinds(api: BlockingApi) -> BlockingApi:
    list(apply_crds(api))
    return api


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.fixture
def paper() -> Console:
    """Where a script would read."""
    return Console(file=io.StringIO(), width=200, highlight=False)


def add_class(api: BlockingApi, name: str, namespace: str = "default") -> dict[str, Any]:
    return api.apply(
        VM_CLASS,
        {
            "apiVersion": VM_CLASS.api_version,
            "kind": VM_CLASS.kind,
            "metadata": {"namespace": namespace, "name": name},
            "spec": {"cpu": 1, "memory": "256Mi"},
        },
    )


@pytest.mark.parametrize("word", ["vm", "VM", "virtualmachine", "VirtualMachine", "virtualmachines"])
def test_a_kind_has_many_names(word: str) -> None:
    assert resources_named(KNOWN, word) == (VIRTUAL_MACHINE,)


def test_a_name_follows_the_kind_or_a_slash() -> None:
    assert kind_and_name(KNOWN, ["prov/lab"]) == ((PROVIDER,), "lab")
    assert one_object(KNOWN, ["prov", "lab"]) == (PROVIDER, "lab")
    assert kind_and_name(KNOWN, ["all"]) == (KNOWN, "")


@pytest.mark.parametrize(("words", "message"), [(["pods"], "there is no kind 'pods'"), (["vm"], "name one object")])
def test_words_that_name_no_object_are_refused(words: list[str], message: str) -> None:
    with pytest.raises(CommandFailed, match=message):
        one_object(KNOWN, words)


def test_the_cluster_says_which_kinds_there_are_machines_first(kinds: BlockingApi) -> None:
    found = our_resources(kinds)

    assert found[:2] == (VIRTUAL_MACHINE, PROVIDER)
    assert {resource.kind for resource in found} == {kind.names.kind for kind in KINDS}


def test_a_cluster_without_our_kinds_says_how_to_get_them(api: BlockingApi) -> None:
    with pytest.raises(CommandFailed, match="has no kinds of infra") as failure:
        our_resources(api)

    assert "charts/virtrigaud/crds" in failure.value.advice


def test_rows_are_plain_aligned_lines_where_no_terminal_is(kinds: BlockingApi, paper: Console) -> None:
    add_class(kinds, "small")
    add_class(kinds, "a-much-longer-name")

    get(kinds, Wanted((VM_CLASS,), "", "default"), paper)

    lines = printed(paper).splitlines()
    assert [line.split()[0] for line in lines] == ["NAME", "a-much-longer-name", "small"]
    assert lines[1].index("1 ") == lines[2].index("1 ")
    assert "\x1b" not in printed(paper)


def test_all_namespaces_have_a_column(kinds: BlockingApi, paper: Console) -> None:
    add_class(kinds, "small")

    get(kinds, Wanted((VM_CLASS,), "", ""), paper)

    assert [line.split()[:2] for line in printed(paper).splitlines()] == [["NAMESPACE", "NAME"], ["default", "small"]]


@pytest.mark.parametrize("resource", KNOWN, ids=lambda resource: resource.kind)
def test_a_kind_without_objects_is_said_to_be_empty(kinds: BlockingApi, paper: Console, resource: Resource) -> None:
    get(kinds, Wanted((resource,), "", "default"), paper)

    assert printed(paper) == f"no {resource.plural} in namespace default\n"


def test_json_and_yaml_are_whole_documents(kinds: BlockingApi, paper: Console) -> None:
    made = add_class(kinds, "small")

    get(kinds, Wanted((VM_CLASS,), "small", "default", OutputForm.JSON), paper)

    assert json.loads(printed(paper)) == made


def test_an_absent_object_is_named(kinds: BlockingApi, paper: Console) -> None:
    with pytest.raises(CommandFailed, match="there is no VMClass default/ghost"):
        get(kinds, Wanted((VM_CLASS,), "ghost", "default"), paper)


def test_describe_shows_what_is_wanted_and_what_happened(kinds: BlockingApi, paper: Console) -> None:
    made = add_class(kinds, "small")
    add_event(kinds, made, "Looked")

    describe(kinds, VM_CLASS, "default", "small", paper)
    events(kinds, "default", paper)

    text = printed(paper)
    assert text.startswith("VMClass default/small  (age ")
    assert "Wanted\n  cpu: 1\n  memory: 256Mi\n" in text
    assert text.count("VMClass/small") == 2
    assert text.count("Looked") == 2


def test_events_about_other_kinds_are_left_out_and_the_oldest_is_first() -> None:
    ours = {"apiVersion": VM_CLASS.api_version, "kind": "VMClass", "name": "a"}
    documents = [
        {"involvedObject": ours, "reason": "Second", "lastTimestamp": "2026-01-02T00:00:00Z", "count": 3},
        {"involvedObject": ours, "reason": "First", "eventTime": "2026-01-01T00:00:00.000000Z"},
        {"involvedObject": {"apiVersion": "v1", "kind": "Pod", "name": "p"}, "reason": "Other"},
    ]

    seen = happenings_of(documents, with_namespace=False)

    assert [(happening.reason, happening.subject) for happening in seen] == [
        ("First", "VMClass/a"),
        ("Second", "VMClass/a"),
    ]
    assert seen[1].cells[-1] == " (x3)"


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        ("2026-01-10T00:00:00Z", "0s"),
        ("2026-01-09T23:59:01Z", "59s"),
        ("2026-01-09T23:58:30Z", "90s"),
        ("2026-01-09T23:57:00Z", "3m"),
        ("2026-01-09T12:00:00Z", "12h"),
        ("2026-01-01T00:00:00Z", "9d"),
        ("2026-01-10T00:00:05Z", "0s"),
        ("", "unknown"),
    ],
)
def test_an_age_is_told_in_the_largest_fitting_unit(moment: str, text: str) -> None:
    assert age(moment, now=NOW) == text


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert plain_lines(("a", "bb"), [("xxx", "y"), ("z", "")]) == ["A     BB", "xxx   y", "z"]


@pytest.mark.parametrize(("is_terminal", "gap"), [(True, "  "), (False, "   ")])
def test_a_message_steers_no_terminal_and_begins_no_line(*, is_terminal: bool, gap: str) -> None:
    paper = Console(file=io.StringIO(), width=200, highlight=False, force_terminal=is_terminal, color_system=None)
    show(paper, ("Name", "Message"), [("web", "a\x1b[2K\nNAME   \\[red]fine"), ("db", "True")])
    assert [line.rstrip() for line in printed(paper).splitlines()] == [
        f"NAME{gap}MESSAGE",
        rf"web {gap}a\x1b[2K\nNAME   \[red]fine",
        f"db  {gap}True",
    ]


def add_event(api: BlockingApi, about: dict[str, Any], reason: str) -> None:
    metadata = about["metadata"]
    subject = {"apiVersion": about["apiVersion"], "kind": about["kind"], "namespace": metadata["namespace"]}
    api.apply(
        EVENT,
        {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"namespace": metadata["namespace"], "name": f"{metadata['name']}.1"},
            "involvedObject": subject | {"name": metadata["name"], "uid": metadata["uid"]},
            "reason": reason,
            "message": "it was seen",
            "type": "Normal",
            "lastTimestamp": "2026-01-01T00:00:00Z",
        },
    )


def test_a_text_of_several_lines_is_shown_as_a_block() -> None:
    assert yaml_text({"inline": "#cloud-config\nhostname: web\n"}) == "inline: |\n  #cloud-config\n  hostname: web"

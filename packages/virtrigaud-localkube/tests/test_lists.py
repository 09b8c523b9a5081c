import pytest
from localkube_client import Client, config_map, config_maps

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
METADATA_LIST = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"


@pytest.fixture
def fruit(api: Client, ns: str) -> str:
    """Three objects with labels, in a namespace."""
    for name, labels in {"apple": {"color": "red", "round": "yes"}, "banana": {"color": "yellow"}, "plum": {}}.items():
        api.made(config_maps(ns), config_map(name, labels=labels))
    return config_maps(ns)


def test_a_list_has_a_kind_and_a_version(api: Client, fruit: str) -> None:
    body = api.get(fruit).body
    assert (body["kind"], body["apiVersion"]) == ("ConfigMapList", "v1")
    assert body["metadata"]["resourceVersion"].isdigit()


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("color=red", ["apple"]),
        ("color==red", ["apple"]),
        ("color!=red", ["banana", "plum"]),
        ("color in (red, yellow)", ["apple", "banana"]),
        ("color notin (red)", ["banana", "plum"]),
        ("color", ["apple", "banana"]),
        ("!color", ["plum"]),
        ("color,round=yes", ["apple"]),
        ("color notin (red),color", ["banana"]),
        ("example.com/none", []),
    ],
)
def test_labels_select(api: Client, fruit: str, selector: str, names: list[str]) -> None:
    assert api.get(fruit, labelSelector=selector).names == names


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("metadata.name=plum", ["plum"]),
        ("metadata.name!=plum", ["apple", "banana"]),
        ("metadata.namespace=elsewhere", []),
    ],
)
def test_fields_select(api: Client, fruit: str, selector: str, names: list[str]) -> None:
    assert api.get(fruit, fieldSelector=selector).names == names


@pytest.mark.parametrize(
    "query",
    [
        {"fieldSelector": "data.a=1"},
        {"fieldSelector": "nonsense"},
        {"labelSelector": "a in b"},
        {"labelSelector": "=x"},
        {"continue": "garbage"},
        {"limit": "many"},
    ],
)
def test_a_query_that_makes_no_sense_is_refused(api: Client, fruit: str, query: dict[str, str]) -> None:
    assert api.get(fruit, **query).reason == (400, "BadRequest")


def test_pages_add_up_to_the_list(api: Client, ns: str) -> None:
    names = [f"item-{number}" for number in range(7)]
    for name in names:
        api.made(config_maps(ns), config_map(name))
    pages = [api.get(config_maps(ns), limit="3")]
    while token := pages[-1].body["metadata"].get("continue"):
        pages.append(api.get(config_maps(ns), limit="3", **{"continue": token}))
    assert [page.names for page in pages] == [names[:3], names[3:6], names[6:]]
    assert [page.body["metadata"].get("remainingItemCount") for page in pages] == [4, 1, None]


def test_pages_show_one_moment_whatever_is_written_between_them(api: Client, ns: str) -> None:
    for name in ("a", "b", "c", "d"):
        api.made(config_maps(ns), config_map(name))
    first = api.get(config_maps(ns), limit="2")
    api.delete(config_maps(ns, "c"))
    api.made(config_maps(ns), config_map("bb"))
    api.patch(config_maps(ns, "d"), {"data": {"a": "changed"}})
    second = api.get(config_maps(ns), limit="2", **{"continue": first.body["metadata"]["continue"]})
    assert first.names + second.names == ["a", "b", "c", "d"]
    assert second.body["items"][1]["data"] == {"a": "1"}
    assert second.version == first.version


def test_a_list_can_show_an_exact_version(api: Client, ns: str) -> None:
    then = api.made(config_maps(ns), config_map("a")).version
    api.made(config_maps(ns), config_map("b"))
    assert api.get(config_maps(ns), resourceVersion=then, resourceVersionMatch="Exact").names == ["a"]


def test_a_version_that_is_still_to_come_times_out(api: Client, ns: str) -> None:
    assert api.get(config_maps(ns), resourceVersion="999999999").reason == (504, "Timeout")


def test_a_list_spans_all_namespaces(api: Client, ns: str) -> None:
    api.made(config_maps(ns), config_map("mine"))
    found = {
        (item["metadata"]["namespace"], item["metadata"]["name"])
        for item in api.get("/api/v1/configmaps").body["items"]
    }
    assert (ns, "mine") in found


def test_a_table_has_columns_and_rows(api: Client, fruit: str) -> None:
    body = api.request("GET", fruit, headers={"Accept": TABLE}).body
    assert (body["kind"], [column["name"] for column in body["columnDefinitions"]]) == (
        "Table",
        ["Name", "Data", "Age"],
    )
    assert [row["cells"][:2] for row in body["rows"]] == [["apple", 1], ["banana", 1], ["plum", 1]]
    assert {row["object"]["kind"] for row in body["rows"]} == {"PartialObjectMetadata"}


def test_metadata_can_be_asked_for_alone(api: Client, fruit: str) -> None:
    body = api.request("GET", fruit, headers={"Accept": METADATA_LIST}).body
    assert body["kind"] == "PartialObjectMetadataList"
    assert [set(item) for item in body["items"]] == [{"kind", "apiVersion", "metadata"}] * 3


def test_a_form_that_is_not_offered_is_not_acceptable(api: Client, fruit: str) -> None:
    accept = "application/vnd.kubernetes.protobuf"
    assert api.request("GET", fruit, headers={"Accept": accept}).reason == (406, "NotAcceptable")

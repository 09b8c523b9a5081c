import base64
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from localkube_client import Client, config_map, config_maps
from virtrigaud_localkube.certificates import make_authority, make_server_certificate

GROUP = "/apis/admissionregistration.k8s.io/v1"
LABEL = "admission-test"
Review = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class WebhookServer:
    """A webhook: its address, who signed its certificate, the reviews that it got, and the connections they came by."""

    port: int
    ca_bundle: str
    reviews: list[dict[str, Any]]
    connections: list[object]


@pytest.fixture
def answering(tmp_path: Path) -> Iterator[Callable[[Review], WebhookServer]]:
    """Starts webhooks that answer as a test says; they are known as `hook.NAMESPACE.svc` too."""
    servers: list[ThreadingHTTPServer] = []

    def start(review: Review, *names: str, address: str = "127.0.0.1") -> WebhookServer:
        authority = make_authority()
        made = make_server_certificate(authority, ["127.0.0.1", *names])
        pair = [tmp_path / "hook.crt", tmp_path / "hook.key"]
        for file, text in zip(pair, (made.certificate, made.key), strict=True):
            file.write_text(text)
        reviews: list[dict[str, Any]] = []
        connections: list[object] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["request"]
                reviews.append(asked)
                connections.append(self.client_address)
                response = {"uid": asked["uid"], "allowed": True} | review(asked)
                body = json.dumps({"kind": "AdmissionReview", "response": response}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        server = ThreadingHTTPServer((address, 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair[0], pair[1])
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        bundle = base64.b64encode(authority.certificate.encode()).decode()
        return WebhookServer(server.server_port, bundle, reviews, connections)

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def configured(api: Client, ns: str) -> Iterator[Callable[..., None]]:
    """Registers webhooks for the config maps of the test's namespace, and takes them away again."""
    made: list[str] = []

    def register(kind: str, client: dict[str, Any], **extra: Any) -> None:
        webhook = {
            "name": "hook.example.com",
            "clientConfig": client,
            "rules": [
                {
                    "apiGroups": [""],
                    "apiVersions": ["v1"],
                    "operations": ["CREATE", "UPDATE", "DELETE"],
                    "resources": ["configmaps"],
                }
            ],
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": ns}},
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
            "timeoutSeconds": 2,
            **extra,
        }
        path, name = f"{GROUP}/{kind}webhookconfigurations", f"{kind}-{len(made)}-{ns}"
        api.made(path, {"metadata": {"name": name}, "webhooks": [webhook]})
        made.append(f"{path}/{name}")

    yield register
    for path in made:
        api.delete(path)


def forbidding(asked: dict[str, Any]) -> dict[str, Any]:
    document = asked["object"] or asked["oldObject"]
    if (document.get("data") or {}).get("forbidden") == asked["operation"]:
        return {"allowed": False, "status": {"message": "not today", "code": 403}}
    return {}


def setting(entry: str, value: str) -> dict[str, Any]:
    patch = [{"op": "add", "path": f"/data/{entry}", "value": value}]
    return {"patchType": "JSONPatch", "patch": base64.b64encode(json.dumps(patch).encode()).decode()}


def adding(asked: dict[str, Any]) -> dict[str, Any]:
    return setting("added", asked["operation"])


def url_of(server: WebhookServer) -> dict[str, Any]:
    return {"url": f"https://127.0.0.1:{server.port}/", "caBundle": server.ca_bundle}


def test_requests_one_after_the_other_use_the_same_connection(
    api: Client, ns: str, answering: Callable[[Review], WebhookServer], configured: Callable[..., None]
) -> None:
    server = answering(forbidding)
    configured("validating", url_of(server))
    for number in range(5):
        api.made(config_maps(ns), config_map(f"config-{number}"))
    assert (len(server.connections), len(set(server.connections))) == (5, 1)


def test_a_webhook_can_deny_a_write(
    api: Client, ns: str, answering: Callable[[Review], WebhookServer], configured: Callable[..., None]
) -> None:
    server = answering(forbidding)
    configured("validating", url_of(server))
    answer = api.post(config_maps(ns), config_map("one", {"forbidden": "CREATE"}))
    assert answer.reason == (403, "Forbidden")
    assert answer.body["message"] == 'admission webhook "hook.example.com" denied the request: not today'
    api.made(config_maps(ns), config_map("two", {"forbidden": "DELETE"}))
    assert api.delete(config_maps(ns, "two")).reason == (403, "Forbidden")
    api.patch(config_maps(ns, "two"), {"data": {"forbidden": "nothing"}})
    asked = [(review["operation"], review["name"], review["namespace"]) for review in server.reviews]
    assert asked == [("CREATE", "one", ns), ("CREATE", "two", ns), ("DELETE", "two", ns), ("UPDATE", "two", ns)]
    assert server.reviews[3]["oldObject"]["data"] == {"forbidden": "DELETE"}


def warning(asked: dict[str, Any]) -> dict[str, Any]:
    return {"warnings": [f"careful with {asked['operation']}"]}


@pytest.mark.parametrize(
    ("kind", "heard"),
    [
        ("mutating", ['299 - "careful with CREATE"']),
        ("validating", ['299 - "careful with CREATE"', '299 - "careful with DELETE"']),
    ],
)
def test_the_warnings_of_a_webhook_reach_the_client(
    api: Client,
    ns: str,
    answering: Callable[[Review], WebhookServer],
    configured: Callable[..., None],
    *,
    kind: str,
    heard: list[str],
) -> None:
    configured(kind, url_of(answering(warning)))
    answers = (api.post(config_maps(ns), config_map("one")), api.delete(config_maps(ns, "one")))
    assert [answer.headers.get("Warning") for answer in answers[: len(heard)]] == heard


def test_a_webhook_can_change_a_write(
    api: Client, ns: str, answering: Callable[[Review], WebhookServer], configured: Callable[..., None]
) -> None:
    configured("mutating", url_of(answering(adding)))
    assert api.made(config_maps(ns), config_map("one")).body["data"] == {"a": "1", "added": "CREATE"}
    assert api.patch(config_maps(ns, "one"), {"data": {"b": "2"}}).body["data"]["added"] == "UPDATE"


def naming_the_color(asked: dict[str, Any]) -> dict[str, Any]:
    return {"warnings": ["a color is seen"]} | setting("seen", asked["object"]["data"].get("color", "none"))


def painting_red(_: dict[str, Any]) -> dict[str, Any]:
    return setting("color", "red")


@pytest.mark.parametrize(
    ("policy", "painted", "calls", "seen"),
    [
        ("IfNeeded", {}, (2, 1), "red"),
        ("IfNeeded", {"color": "red"}, (1, 1), "red"),
        ("Never", {}, (1, 1), "none"),
        (None, {}, (1, 1), "none"),
    ],
)
def test_a_webhook_is_asked_once_more_where_it_wants_to_be_and_a_later_one_changed_the_object(
    api: Client,
    ns: str,
    answering: Callable[[Review], WebhookServer],
    configured: Callable[..., None],
    *,
    policy: str | None,
    painted: dict[str, str],
    calls: tuple[int, int],
    seen: str,
) -> None:
    early, late = answering(naming_the_color), answering(painting_red)
    configured("mutating", url_of(early), **({"reinvocationPolicy": policy} if policy else {}))
    configured("mutating", url_of(late), reinvocationPolicy="Never")
    answer = api.made(config_maps(ns), config_map("one", {"a": "1"} | painted))
    assert answer.body["data"] == {"a": "1", "color": "red", "seen": seen}
    assert (len(early.reviews), len(late.reviews)) == calls
    assert answer.headers.get("Warning") == '299 - "a color is seen"'


def test_what_a_second_round_changes_is_shown_to_a_later_webhook_and_to_nobody_a_third_time(
    api: Client, ns: str, answering: Callable[[Review], WebhookServer], configured: Callable[..., None]
) -> None:
    def counting(asked: dict[str, Any]) -> dict[str, Any]:
        return setting("count", asked["object"]["data"].get("count", "") + "i")

    first, second = answering(counting), answering(counting)
    for server in (first, second):
        configured("mutating", url_of(server), reinvocationPolicy="IfNeeded")
    assert api.made(config_maps(ns), config_map("one")).body["data"] == {"a": "1", "count": "iiii"}
    assert (len(first.reviews), len(second.reviews)) == (2, 2)


@pytest.mark.parametrize(("name", "status"), [("hook", 201), ("impostor", 500)])
def test_a_webhook_behind_a_service_is_verified_by_the_name_of_the_service(
    api: Client,
    ns: str,
    answering: Callable[..., WebhookServer],
    configured: Callable[..., None],
    name: str,
    status: int,
) -> None:
    spec = {"ports": [{"port": 443}]}
    service = api.made(f"/api/v1/namespaces/{ns}/services", {"metadata": {"name": "hook"}, "spec": spec}).body
    server = answering(adding, f"{name}.{ns}.svc", address=service["spec"]["clusterIP"])
    reference = {"name": "hook", "namespace": ns, "port": server.port}
    configured("mutating", {"service": reference, "caBundle": server.ca_bundle})
    assert api.post(config_maps(ns), config_map("one")).status == status


@pytest.mark.parametrize(("policy", "status"), [("Fail", 500), ("Ignore", 201)])
def test_a_webhook_that_is_down_fails_or_is_ignored_as_its_policy_says(
    api: Client, ns: str, configured: Callable[..., None], policy: str, status: int
) -> None:
    configured("validating", {"url": "https://127.0.0.1:9/"}, failurePolicy=policy)
    answer = api.post(config_maps(ns), config_map("one"))
    assert answer.status == status
    if status == 500:
        assert 'failed calling webhook "hook.example.com"' in answer.body["message"]


def test_a_webhook_is_asked_only_where_its_condition_holds(
    api: Client, ns: str, configured: Callable[..., None]
) -> None:
    condition = {"name": "marked", "expression": "object.metadata.name.startsWith('watched-')"}
    configured("validating", {"url": "https://127.0.0.1:9/"}, matchConditions=[condition])
    assert api.post(config_maps(ns), config_map("free")).status == 201
    assert api.post(config_maps(ns), config_map("watched-one")).status == 500


@pytest.mark.parametrize("client", [{"url": "http://127.0.0.1/"}, {}])
def test_a_webhook_without_a_safe_address_is_refused(api: Client, client: dict[str, Any]) -> None:
    webhook = {"name": "a.b.c", "clientConfig": client, "sideEffects": "None", "admissionReviewVersions": ["v1"]}
    body = {"metadata": {"name": "unsafe"}, "webhooks": [webhook]}
    answer = api.post(f"{GROUP}/validatingwebhookconfigurations", body)
    assert answer.reason == (422, "Invalid")


@pytest.fixture
def policy(api: Client, ns: str) -> Iterator[Callable[..., None]]:
    """Puts an admission policy in force for the config maps of the test's namespace."""
    name = f"policy-{ns}"

    def put(*actions: str, **spec: Any) -> None:
        rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}
        selector = {"matchLabels": {"kubernetes.io/metadata.name": ns}}
        constraints = {"resourceRules": [rule], "namespaceSelector": selector}
        api.made(
            f"{GROUP}/validatingadmissionpolicies",
            {"metadata": {"name": name}, "spec": {"matchConstraints": constraints, **spec}},
        )
        binding = {"policyName": name, "validationActions": list(actions)}
        api.made(f"{GROUP}/validatingadmissionpolicybindings", {"metadata": {"name": name}, "spec": binding})

    yield put
    for plural in ("validatingadmissionpolicybindings", "validatingadmissionpolicies"):
        api.delete(f"{GROUP}/{plural}/{name}")


FEW = {"expression": "size(object.data) <= variables.most", "messageExpression": "'at most ' + string(variables.most)"}
MOST = [{"name": "most", "expression": "2"}]


def test_a_policy_denies_what_its_expression_rejects(api: Client, ns: str, policy: Callable[..., None]) -> None:
    policy("Deny", variables=MOST, validations=[FEW])
    answer = api.post(config_maps(ns), config_map("many", {"a": "1", "b": "2", "c": "3"}))
    assert answer.reason == (422, "Invalid")
    name = f"policy-{ns}"
    assert (
        answer.body["message"] == f"ValidatingAdmissionPolicy '{name}' with binding '{name}' denied request: at most 2"
    )
    assert api.post(config_maps(ns), config_map("few")).status == 201


def test_a_policy_can_only_warn(api: Client, ns: str, policy: Callable[..., None]) -> None:
    policy("Warn", validations=[{"expression": "false", "message": "careful"}])
    answer = api.post(config_maps(ns), config_map("one"))
    assert (answer.status, "careful" in answer.headers["Warning"]) == (201, True)


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"validations": [{"expression": "object."}]}, "spec.validations[0].expression"),
        ({"paramKind": {"apiVersion": "v1", "kind": "ConfigMap"}}, "spec.paramKind"),
    ],
)
def test_a_policy_that_can_not_work_is_refused(api: Client, spec: dict[str, Any], field: str) -> None:
    body = {"metadata": {"name": "unworkable"}, "spec": {"matchConstraints": {}, **spec}}
    assert api.post(f"{GROUP}/validatingadmissionpolicies", body).fields == [field]

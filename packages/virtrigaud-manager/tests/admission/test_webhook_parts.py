"""Ring 1: the documents that lead the API server here, the reviews that it sends, and the certificates."""

import base64
import json
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from manifests import vm
from virtrigaud_api.issuing import CertificateAndKey
from virtrigaud_api.v1beta1 import VirtualMachine
from virtrigaud_manager.admission.asked import UnreadableReviewError, answer, read
from virtrigaud_manager.admission.configurations import (
    MUTATING,
    VALIDATING,
    ByService,
    ByUrl,
    Reach,
    configurations,
)
from virtrigaud_manager.admission.identity import FromFiles, FromProcess, IdentityError, is_due, issue
from virtrigaud_manager.admission.server import tls_context
from virtrigaud_manager.admission.verdict import ALLOWED, Refusal, Verdict

SERVICE = Reach(ByService("virtrigaud-system", "webhooks"), b"PEM")
NAMES = ("webhooks.virtrigaud-system.svc",)


def review(**request: Any) -> bytes:
    usual = {"uid": "u", "kind": {"kind": "VirtualMachine"}, "operation": "CREATE", "namespace": "default"}
    return json.dumps({"request": usual | {"object": vm()} | request}).encode()


def test_no_configuration_can_lock_a_cluster_up() -> None:
    for document in configurations(SERVICE).values():
        (webhook,) = document["webhooks"]
        assert webhook["failurePolicy"] == "Ignore"
        assert webhook["timeoutSeconds"] == 5
        (namespaces,) = webhook["namespaceSelector"]["matchExpressions"]
        assert namespaces["operator"] == "NotIn"
        assert {"kube-system", "virtrigaud-system"} <= set(namespaces["values"])


def test_only_the_specs_of_our_own_kinds_are_asked_about() -> None:
    (webhook,) = configurations(SERVICE)[VALIDATING]["webhooks"]
    asked = {(rule["apiGroups"][0], name) for rule in webhook["rules"] for name in rule["resources"]}
    assert {group for group, _ in asked} == {"infra.virtrigaud.io"}
    assert not [name for _, name in asked if "/" in name]


def test_an_update_is_asked_about_when_the_spec_changes_and_a_creation_until_it_is_approved() -> None:
    (validating,) = configurations(SERVICE)[VALIDATING]["webhooks"]
    assert validating["matchConditions"] == [
        {
            "name": "not-approved-yet",
            "expression": "request.operation != 'CREATE' || !has(object.metadata.finalizers)"
            " || !('virtualmachine.infra.virtrigaud.io/finalizer' in object.metadata.finalizers)",
        },
        {
            "name": "the-spec-changes",
            "expression": "request.operation != 'UPDATE' || object.spec != oldObject.spec",
        },
    ]
    (defaulting,) = configurations(SERVICE)[MUTATING]["webhooks"]
    assert (defaulting["reinvocationPolicy"], "matchConditions" in defaulting) == ("IfNeeded", False)
    assert [rule["operations"] for rule in defaulting["rules"]] == [["CREATE"]]


def test_each_installation_has_configurations_of_its_own() -> None:
    assert SERVICE.name == "virtrigaud-virtrigaud-system-webhooks"
    assert Reach(ByUrl("https://127.0.0.1:1"), b"").name == "virtrigaud"


def test_a_manager_of_some_namespaces_is_asked_about_those() -> None:
    document = configurations(replace(SERVICE, namespaces=("a", "b")))[MUTATING]
    expressions = document["webhooks"][0]["namespaceSelector"]["matchExpressions"]
    assert (expressions[1]["operator"], expressions[1]["values"]) == ("In", ["a", "b"])


def test_a_review_is_read_as_the_objects_that_it_is_about() -> None:
    asked = read(review(oldObject=vm("before")), whole=True)
    assert isinstance(asked.new, VirtualMachine)
    assert isinstance(asked.old, VirtualMachine)
    assert (asked.name, asked.namespace, asked.dry_run) == ("web", "default", False)


def test_an_object_that_may_still_be_completed_is_not_read_as_a_whole() -> None:
    asked = read(review(object={"metadata": {"name": "web"}}), whole=False)
    assert (asked.new, asked.document) == (None, {"metadata": {"name": "web"}})


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("document", [{"metadata": None}, {"metadata": []}, {"metadata": {"finalizers": "all"}}])
def test_an_object_whose_metadata_is_no_metadata_can_not_be_read(document: dict[str, Any], *, whole: bool) -> None:
    with pytest.raises(UnreadableReviewError, match="the AdmissionReview can't be read: metadata"):
        read(review(object=document), whole=whole)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", review(operation="CONNECT"), review(object={"spec": {}})])
def test_what_can_not_be_read_is_an_error_that_shows_none_of_it(body: bytes) -> None:
    with pytest.raises(UnreadableReviewError, match="the AdmissionReview can't be read"):
        read(body, whole=True)


def test_l31_an_object_that_can_not_be_read_is_not_repeated() -> None:
    body = review(object={"spec": {"userData": {"cloudInit": {"inline": ["canary-7f3a"]}}}})
    with pytest.raises(UnreadableReviewError) as raised:
        read(body, whole=True)
    assert "canary" not in str(raised.value)


def test_a_refusal_is_answered_with_all_causes() -> None:
    said = Verdict((Refusal("spec.a", "no"), Refusal("spec.b", "never")), ("careful",))
    response = answer(read(review(), whole=True), said)["response"]
    assert (response["uid"], response["allowed"], response["warnings"]) == ("u", False, ["careful"])
    assert response["status"]["message"] == "spec.a: no; spec.b: never"
    assert [cause["field"] for cause in response["status"]["details"]["causes"]] == ["spec.a", "spec.b"]


def test_a_patch_is_answered_as_the_api_server_wants_it() -> None:
    patch = [{"op": "add", "path": "/x", "value": 1}]
    response = answer(read(review(), whole=True), ALLOWED, patch)["response"]
    assert response["patchType"] == "JSONPatch"
    assert json.loads(base64.b64decode(response["patch"])) == patch


def test_a_certificate_is_verified_by_the_authority_that_comes_with_it() -> None:
    identity = issue(NAMES, None)
    assert identity.pair.is_signed_by(CertificateAndKey(identity.authorities, b""))
    assert identity.pair.names == NAMES
    identity.load_into(tls_context())


def test_a_renewed_certificate_brings_the_former_authority_and_no_older_one() -> None:
    first = issue(NAMES, None)
    second = issue(NAMES, first)
    third = issue(NAMES, second)
    assert first.authorities.strip() in second.authorities
    assert first.authorities.strip() not in third.authorities
    assert third.authorities.count(b"BEGIN CERTIFICATE") == 2
    context = ssl.create_default_context(cadata=third.authorities.decode())
    assert len(context.get_ca_certs()) == 2


def test_a_certificate_is_made_anew_when_it_ends_soon_or_is_for_other_names() -> None:
    pair = issue(NAMES, None).pair
    assert not is_due(pair, NAMES)
    assert is_due(pair, ("other.svc",))
    assert pair.expires - datetime.now(UTC) > timedelta(days=300)


async def test_a_certificate_of_the_process_stays_the_same_and_is_good_for_an_address() -> None:
    source = FromProcess(("127.0.0.1",))
    identity = await source.current()
    assert identity.pair.names == ("127.0.0.1",)
    assert await source.current() is identity


async def test_given_certificates_are_read_where_they_lie(tmp_path: Path) -> None:
    source = FromFiles(tmp_path)
    with pytest.raises(IdentityError, match="can't be read"):
        await source.current()
    identity = issue(NAMES, None)
    (tmp_path / "tls.crt").write_bytes(identity.pair.certificate)
    (tmp_path / "tls.key").write_bytes(identity.pair.key)
    (tmp_path / "ca.crt").write_bytes(identity.authorities)
    assert await source.current() == identity

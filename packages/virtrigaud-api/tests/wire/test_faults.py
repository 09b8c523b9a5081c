"""The taxonomy over gRPC, both ways."""

import grpc
import pytest
from grpc.aio import AioRpcError, Metadata
from virtrigaud_api.contract import (
    TAXONOMY,
    Busy,
    Conflict,
    InvalidSpec,
    NoCapacity,
    NotFound,
    ProviderError,
    ProviderFault,
    Refused,
    Unavailable,
    Unsupported,
    WrongState,
)
from virtrigaud_api.wire.faults import (
    ERROR_KIND_KEY,
    error_from_rpc,
    error_to_status,
    validation_from_message,
    validation_to_message,
)
from virtrigaud_api.wire.generated import provider_pb2 as pb2

DOING = "power on machine vm-42"


def failed(code: grpc.StatusCode, details: str, *metadata: tuple[str, str]) -> AioRpcError:
    return AioRpcError(code, Metadata(), Metadata(*metadata), details, "")


@pytest.mark.parametrize("kind", TAXONOMY)
def test_every_error_of_the_taxonomy_survives_with_its_message(kind: type[ProviderError]) -> None:
    code, message, metadata = error_to_status(kind(f"cannot {DOING}: datastore ds1 is out of space"))
    found = error_from_rpc(failed(code, message, *metadata), DOING)
    assert (type(found), str(found)) == (kind, "cannot power on machine vm-42: datastore ds1 is out of space")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (InvalidSpec, grpc.StatusCode.INVALID_ARGUMENT),
        (NotFound, grpc.StatusCode.NOT_FOUND),
        (Conflict, grpc.StatusCode.ALREADY_EXISTS),
        (Busy, grpc.StatusCode.ABORTED),
        (WrongState, grpc.StatusCode.FAILED_PRECONDITION),
        (NoCapacity, grpc.StatusCode.RESOURCE_EXHAUSTED),
        (Unsupported, grpc.StatusCode.UNIMPLEMENTED),
        (Refused, grpc.StatusCode.PERMISSION_DENIED),
        (Unavailable, grpc.StatusCode.UNAVAILABLE),
        (ProviderFault, grpc.StatusCode.INTERNAL),
    ],
)
def test_a_go_manager_gets_the_status_code_and_ours_the_exact_kind(
    kind: type[ProviderError], code: grpc.StatusCode
) -> None:
    assert error_to_status(kind("why")) == (code, "why", ((ERROR_KIND_KEY, kind.__name__),))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (grpc.StatusCode.INVALID_ARGUMENT, InvalidSpec),
        (grpc.StatusCode.OUT_OF_RANGE, InvalidSpec),
        (grpc.StatusCode.NOT_FOUND, NotFound),
        (grpc.StatusCode.ALREADY_EXISTS, Conflict),
        (grpc.StatusCode.ABORTED, Busy),
        (grpc.StatusCode.FAILED_PRECONDITION, WrongState),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, NoCapacity),
        (grpc.StatusCode.UNIMPLEMENTED, Unsupported),
        (grpc.StatusCode.PERMISSION_DENIED, Refused),
        (grpc.StatusCode.UNAUTHENTICATED, Refused),
        (grpc.StatusCode.UNAVAILABLE, Unavailable),
        (grpc.StatusCode.CANCELLED, Unavailable),
        (grpc.StatusCode.INTERNAL, ProviderFault),
        (grpc.StatusCode.UNKNOWN, ProviderFault),
        (grpc.StatusCode.DATA_LOSS, ProviderFault),
    ],
)
def test_the_status_code_of_a_go_provider_becomes_an_error(code: grpc.StatusCode, kind: type[ProviderError]) -> None:
    found = error_from_rpc(failed(code, "datastore ds1 is out of space"), DOING)
    assert (type(found), str(found)) == (kind, "cannot power on machine vm-42: datastore ds1 is out of space")


def test_every_status_code_but_ok_has_an_error() -> None:
    codes = set(grpc.StatusCode) - {grpc.StatusCode.OK}
    assert {code for code in codes if type(error_from_rpc(failed(code, "why"), DOING)) is ProviderError} == set()


def test_a_deadline_says_that_the_provider_did_not_answer_in_time() -> None:
    found = error_from_rpc(failed(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded"), DOING)
    said = "cannot power on machine vm-42: the provider did not answer in time (Deadline Exceeded)"
    assert (type(found), str(found)) == (Unavailable, said)


def test_an_unknown_kind_goes_by_the_status_code() -> None:
    found = error_from_rpc(failed(grpc.StatusCode.ABORTED, "locked", (ERROR_KIND_KEY, "Sleepy")), DOING)
    assert (type(found), str(found)) == (Busy, "cannot power on machine vm-42: locked")


def test_an_error_without_a_message_says_its_code() -> None:
    found = error_from_rpc(failed(grpc.StatusCode.UNKNOWN, ""), DOING)
    assert str(found) == "cannot power on machine vm-42: UNKNOWN"


def test_an_error_of_a_providers_own_class_travels_as_the_class_that_it_is_derived_from() -> None:
    class DatastoreFull(NoCapacity):
        """A provider's own word for it."""

    assert error_to_status(DatastoreFull("full")) == error_to_status(NoCapacity("full"))


def test_a_message_too_long_for_a_header_is_cut() -> None:
    _, message, _ = error_to_status(ProviderFault("x" * 100_000))
    assert message == "x" * 2000 + "..."


@pytest.mark.parametrize("kind", TAXONOMY)
def test_a_failed_validation_survives_with_its_kind(kind: type[ProviderError]) -> None:
    doing = "reach the hypervisor"
    found = validation_from_message(validation_to_message(kind("login failed")), doing)
    assert (type(found), str(found)) == (kind, "cannot reach the hypervisor: login failed")


def test_a_failed_validation_of_a_go_provider_is_unavailable_and_a_good_one_is_none() -> None:
    doing = "reach the hypervisor"
    found = validation_from_message(pb2.ValidateResponse(ok=False, message="timeout"), doing)
    assert (type(found), str(found)) == (Unavailable, "cannot reach the hypervisor: timeout")
    assert validation_from_message(validation_to_message(None), doing) is None

"""What libvirt's errors mean."""

import errno

import libvirt
import pytest
from virtrigaud_api.contract import (
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
from virtrigaud_provider_libvirt.faults import FAULTS, is_connection_lost, kind_of


def error_of(
    code: int, text: str = "it said", *, domain: int = libvirt.VIR_FROM_QEMU, number: int = 0
) -> libvirt.libvirtError:
    error = libvirt.libvirtError("call failed")
    error.err = (code, domain, text, libvirt.VIR_ERR_ERROR, text, None, None, number, -1)
    return error


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (libvirt.VIR_ERR_NO_DOMAIN, NotFound),
        (libvirt.VIR_ERR_NO_NETWORK, NotFound),
        (libvirt.VIR_ERR_NO_STORAGE_VOL, NotFound),
        (libvirt.VIR_ERR_AUTH_FAILED, Refused),
        (libvirt.VIR_ERR_ACCESS_DENIED, Refused),
        (libvirt.VIR_ERR_CONFIG_UNSUPPORTED, Unsupported),
        (libvirt.VIR_ERR_XML_ERROR, InvalidSpec),
        (libvirt.VIR_ERR_DOM_EXIST, Conflict),
        (libvirt.VIR_ERR_OPERATION_INVALID, WrongState),
        (libvirt.VIR_ERR_OPERATION_TIMEOUT, Busy),
        (libvirt.VIR_ERR_RESOURCE_BUSY, Busy),
        (libvirt.VIR_ERR_NO_CONNECT, Unavailable),
        (libvirt.VIR_ERR_INTERNAL_ERROR, ProviderFault),
        (9999, ProviderFault),
    ],
)
def test_a_code_means_an_error(code: int, kind: type[ProviderError]) -> None:
    assert kind_of(error_of(code)) is kind


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, NoCapacity), (errno.ENOMEM, NoCapacity), (errno.EACCES, Refused), (errno.EIO, ProviderFault)],
)
def test_a_system_error_means_what_its_number_says(number: int, kind: type[ProviderError]) -> None:
    assert kind_of(error_of(libvirt.VIR_ERR_SYSTEM_ERROR, number=number)) is kind


@pytest.mark.parametrize(
    "text",
    ["cannot set up guest memory 'pc.ram': Cannot allocate memory", "write failed: No space left on device"],
)
def test_no_room_is_told_from_the_text(text: str) -> None:
    assert kind_of(error_of(libvirt.VIR_ERR_INTERNAL_ERROR, text)) is NoCapacity


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (libvirt.VIR_ERR_SYSTEM_ERROR, "Cannot write data: Broken pipe"),
        (libvirt.VIR_ERR_INTERNAL_ERROR, "client socket is closed"),
        (libvirt.VIR_ERR_RPC, "unexpected message"),
    ],
)
def test_a_lost_connection_is_told_from_a_failed_call(code: int, text: str) -> None:
    lost = error_of(code, text, domain=libvirt.VIR_FROM_RPC)
    assert (is_connection_lost(lost), kind_of(lost)) == (True, Unavailable)
    assert not is_connection_lost(error_of(code, text, domain=libvirt.VIR_FROM_QEMU))


def test_a_refused_login_is_no_lost_connection() -> None:
    refused = error_of(libvirt.VIR_ERR_AUTH_FAILED, domain=libvirt.VIR_FROM_RPC)
    assert (is_connection_lost(refused), kind_of(refused)) == (False, Refused)


def test_the_message_says_what_failed_on_what_and_what_libvirt_said() -> None:
    with (
        pytest.raises(NoCapacity, match=r"^cannot power on machine m-1: No space left on device$"),
        FAULTS.during("power on machine m-1", call="power"),
    ):
        raise error_of(libvirt.VIR_ERR_INTERNAL_ERROR, "No space left on device")

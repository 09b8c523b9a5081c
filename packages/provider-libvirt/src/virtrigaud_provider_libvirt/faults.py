"""What libvirt's errors mean. Applied by `session`, nowhere else.

Codes: https://libvirt.org/html/libvirt-virterror.html
"""

import errno
from collections.abc import Iterable

import libvirt
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
from virtrigaud_provider_sdk.native_faults import NativeFaults


def _codes(kind: type[ProviderError], codes: Iterable[int]) -> dict[int, type[ProviderError]]:
    return dict.fromkeys(codes, kind)


_KIND_OF_CODE: dict[int, type[ProviderError]] = {
    **_codes(
        NotFound,
        (
            libvirt.VIR_ERR_NO_DOMAIN,
            libvirt.VIR_ERR_NO_NETWORK,
            libvirt.VIR_ERR_NO_STORAGE_POOL,
            libvirt.VIR_ERR_NO_STORAGE_VOL,
            libvirt.VIR_ERR_NO_NWFILTER,
            libvirt.VIR_ERR_NO_SECRET,
            libvirt.VIR_ERR_NO_INTERFACE,
        ),
    ),
    **_codes(
        Refused,
        (
            libvirt.VIR_ERR_AUTH_FAILED,
            libvirt.VIR_ERR_AUTH_CANCELLED,
            libvirt.VIR_ERR_AUTH_UNAVAILABLE,
            libvirt.VIR_ERR_ACCESS_DENIED,
            libvirt.VIR_ERR_OPERATION_DENIED,
        ),
    ),
    **_codes(
        Unsupported,
        (
            libvirt.VIR_ERR_CONFIG_UNSUPPORTED,
            libvirt.VIR_ERR_NO_SUPPORT,
            libvirt.VIR_ERR_OPERATION_UNSUPPORTED,
            libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED,
            libvirt.VIR_ERR_CPU_INCOMPATIBLE,
        ),
    ),
    **_codes(
        InvalidSpec,
        (
            libvirt.VIR_ERR_XML_ERROR,
            libvirt.VIR_ERR_XML_DETAIL,
            libvirt.VIR_ERR_XML_INVALID_SCHEMA,
            libvirt.VIR_ERR_INVALID_ARG,
            libvirt.VIR_ERR_INVALID_MAC,
        ),
    ),
    **_codes(Conflict, (libvirt.VIR_ERR_DOM_EXIST, libvirt.VIR_ERR_STORAGE_VOL_EXIST)),
    **_codes(
        Busy,
        (libvirt.VIR_ERR_OPERATION_TIMEOUT, libvirt.VIR_ERR_RESOURCE_BUSY, libvirt.VIR_ERR_AGENT_UNRESPONSIVE),
    ),
    **_codes(WrongState, (libvirt.VIR_ERR_OPERATION_INVALID, libvirt.VIR_ERR_DEVICE_MISSING)),
    **_codes(NoCapacity, (libvirt.VIR_ERR_NO_MEMORY,)),
    **_codes(
        Unavailable,
        (
            libvirt.VIR_ERR_NO_CONNECT,
            libvirt.VIR_ERR_INVALID_CONN,
            libvirt.VIR_ERR_UNKNOWN_HOST,
            libvirt.VIR_ERR_RPC,
            libvirt.VIR_ERR_SSH,
            libvirt.VIR_ERR_LIBSSH,
            libvirt.VIR_ERR_GNUTLS_ERROR,
        ),
    ),
}

_KIND_OF_ERRNO: dict[int, type[ProviderError]] = {
    errno.ENOSPC: NoCapacity,
    errno.EDQUOT: NoCapacity,
    errno.ENOMEM: NoCapacity,
    errno.ENODEV: NotFound,
    errno.ENOENT: NotFound,
    errno.EACCES: Refused,
    errno.EPERM: Refused,
}

# QEMU and qemu-img report these as plain text; libvirt passes them on as "internal error".
_NO_ROOM_TEXTS = ("no space left on device", "cannot allocate memory", "cannot set up guest memory")


def kind_of(error: libvirt.libvirtError) -> type[ProviderError]:
    """The error of the taxonomy that a libvirt error is."""
    code, text = error.get_error_code(), (error.get_error_message() or "").lower()
    if any(known in text for known in _NO_ROOM_TEXTS):
        return NoCapacity
    if code in _KIND_OF_CODE:
        return _KIND_OF_CODE[code]
    if is_connection_lost(error):
        return Unavailable
    if code == libvirt.VIR_ERR_SYSTEM_ERROR:
        return _KIND_OF_ERRNO.get(error.get_int1() or 0, ProviderFault)
    return ProviderFault


def is_connection_lost(error: libvirt.libvirtError) -> bool:
    """The connection failed, not the call: it has to be opened again.

    A daemon that went away shows as code 38 (system error) or 1 (internal error, "client socket is closed"), both
    from the RPC layer; `isAlive` still says yes then.
    """
    refused = _KIND_OF_CODE.get(error.get_error_code()) is Refused
    return error.get_error_domain() == libvirt.VIR_FROM_RPC and not refused


def is_absent(error: libvirt.libvirtError, *codes: int) -> bool:
    """Libvirt said positively that the thing does not exist; anything else is a failed read."""
    return error.get_error_code() in codes


def said(error: libvirt.libvirtError) -> str:
    """What libvirt said."""
    return str(error.get_error_message() or error)


FAULTS = NativeFaults(native=libvirt.libvirtError, kind=kind_of, said=said)

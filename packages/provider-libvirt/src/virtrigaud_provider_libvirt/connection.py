"""Opens connections to libvirt and runs libvirt's event loop in a thread of its own.

Called by `session`. Events, keep-alive and the news that a connection closed all need the event loop,
which has to be there before the first connection is opened.
"""

import threading
from collections.abc import Sequence
from typing import Any

import libvirt
import structlog
from virtrigaud_provider_sdk.credential_files import CredentialFiles

from virtrigaud_provider_libvirt.endpoint import PASSWORD, USERNAME, connection_uri
from virtrigaud_provider_libvirt.host import Host, host_of, preferred_guest
from virtrigaud_provider_libvirt.settings import LibvirtSettings

_KEEP_ALIVE_SECONDS, _KEEP_ALIVE_MISSES = 5, 3
_MHZ_FIELD = 3
_log = structlog.get_logger("virtrigaud.libvirt")
_event_loop_lock = threading.Lock()
_event_loop: threading.Thread | None = None


def open_connection(settings: LibvirtSettings) -> libvirt.virConnect:
    """Open a connection with the credentials of this moment; blocks.

    Raises:
        libvirt.libvirtError: libvirt did not let us in, or is not there.
        ProviderError: The endpoint or the credentials cannot be used.
    """
    _require_event_loop()
    credentials = CredentialFiles(settings.credentials_directory)
    username = credentials.read(USERNAME, secret=False)
    uri = connection_uri(
        settings.endpoint,
        settings.credentials_directory,
        username=username,
        verify=not settings.insecure_skip_verify,
    )
    asked = [libvirt.VIR_CRED_AUTHNAME, libvirt.VIR_CRED_PASSPHRASE, libvirt.VIR_CRED_NOECHOPROMPT]
    connection = libvirt.openAuth(uri, [asked, _answer, (username, credentials.read(PASSWORD))], 0)
    connection.setKeepAlive(_KEEP_ALIVE_SECONDS, _KEEP_ALIVE_MISSES)
    return connection


def read_host(connection: libvirt.virConnect) -> Host:
    """Ask what the host can do.

    Raises:
        Unsupported: The host runs no full virtual machines of its own architecture.
    """
    capabilities = connection.getCapabilities()
    guest = preferred_guest(capabilities)
    of_guests = connection.getDomainCapabilities(None, guest.arch, guest.machine, guest.domain_type)
    mhz = int(connection.getInfo()[_MHZ_FIELD])
    return host_of(capabilities, of_guests, name=connection.getHostname(), cpu_mhz=mhz)


def _answer(asked: Sequence[list[Any]], known: tuple[str | None, str | None]) -> int:
    """Answer libvirt's questions for a user name and a password; -1 says that we cannot."""
    username, password = known
    for question in asked:
        answer = username if question[0] == libvirt.VIR_CRED_AUTHNAME else password
        if answer is None:
            return -1
        question[4] = answer
    return 0


def _require_event_loop() -> None:
    global _event_loop  # noqa: PLW0603 - libvirt has one event loop per process
    with _event_loop_lock:
        if _event_loop is None:
            libvirt.registerErrorHandler(_ignore, None)
            libvirt.virEventRegisterDefaultImpl()
            _event_loop = threading.Thread(target=_run_event_loop, name="libvirt-events", daemon=True)
            _event_loop.start()


def _run_event_loop() -> None:
    while True:
        try:
            libvirt.virEventRunDefaultImpl()
        except libvirt.libvirtError as error:
            _log.warning("libvirt's event loop stumbled", error=str(error))


def _ignore(_context: object, _error: object) -> None:
    """Errors are raised; libvirt would print them as well."""

"""Who may call: clients with a certificate of our CA, and with an allowed name where names are listed.

The handshake has verified the certificate already; here is what the handshake can't be told.
"""

from collections.abc import Awaitable, Collection, Mapping
from typing import Any

from virtrigaud_api.contract import Refused

from virtrigaud_provider_sdk.interceptors.call import Behaviour, Concern, Context, Method

TLS_FLOOR = b"TLSv1.3"

_VERSION = "ssl_tls_version"
_CERTIFICATE = "x509_pem_cert"
_NAMES = ("peer_dns", "peer_uri", "x509_common_name")


class Peers(Concern):
    """Refuses calls of peers that may not call."""

    def __init__(self, allowed: Collection[str], *, floor_in_force: bool) -> None:
        """Take the names that clients may have.

        Args:
            allowed: DNS SANs, URI SANs and common names, compared exactly; empty means any certificate of the CA.
            floor_in_force: The handshake refuses what is older than TLS 1.3.
        """
        self._allowed = frozenset(allowed)
        self._floor_in_force = floor_in_force

    def around(self, method: Method, proceed: Behaviour) -> Behaviour:
        """Look at the peer before each call, unless any peer that passed the handshake may call."""
        del method
        if not self._allowed and self._floor_in_force:
            return proceed

        def checked(request: object, context: Context) -> Awaitable[object]:
            self.check(context.auth_context())
            return proceed(request, context)

        return checked

    def check(self, facts: Mapping[str, Any]) -> None:
        """Let a peer pass by what its connection's TLS says.

        Raises:
            Refused: It may not call.
        """
        version = next(iter(facts.get(_VERSION, ())), b"")
        if version != TLS_FLOOR:
            raise Refused(f"this provider serves TLS 1.3 only, and the connection is {version.decode() or 'not TLS'}")
        if not facts.get(_CERTIFICATE):
            raise Refused("this provider needs a client certificate of its CA")
        if not self._allowed:
            return
        names = names_of(facts)
        if self._allowed.isdisjoint(names):
            shown = ", ".join(names) or "none"
            raise Refused(f"the client certificate's names ({shown}) are not among those that may call this provider")


def names_of(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of a peer's certificate: DNS SANs, URI SANs, common name."""
    return tuple(name.decode(errors="replace") for kind in _NAMES for name in facts.get(kind, ()))

"""The gate: finds out who sends a request, and lets pass what they may do."""

from urllib.parse import unquote, urlsplit

from aiohttp import web

from virtrigaud_localkube.api_error import Subject, forbidden, unauthorized
from virtrigaud_localkube.authorization.access import Access
from virtrigaud_localkube.authorization.authentication import Authenticator, Impersonation
from virtrigaud_localkube.authorization.identity import ADMINISTRATOR, Identity
from virtrigaud_localkube.authorization.rbac import Rbac
from virtrigaud_localkube.settings import is_loopback

_BEARER = "Bearer "
_PREFIX = "impersonate-"
_EXTRA = f"{_PREFIX}extra-"


class Gate:
    """Authenticates and authorizes. Without TLS clients send no proof, so there its absence means the administrator."""

    def __init__(self, authenticator: Authenticator, rbac: Rbac, *, needs_proof: bool) -> None:
        self._authenticator = authenticator
        self._rbac = rbac
        self._needs_proof = needs_proof

    def identify(self, request: web.BaseRequest) -> Identity:
        """Who sends a request, or as whom they act.

        Raises:
            ApiError: It carries no proof or a wrong one (401), or they may not act as somebody (403).
        """
        who = self._sender(request)
        if any(name.lower().startswith(_PREFIX) for name in request.headers):
            return self._authenticator.acting_as(who, _impersonation(request))
        return who

    def let_pass(self, who: Identity, wanted: Access) -> None:
        """Lets somebody do what they may.

        Raises:
            ApiError: They may not (403).
        """
        if not self._rbac.decide(who, wanted).is_allowed:
            subject = Subject(wanted.group, wanted.resource, "", wanted.name)
            raise forbidden(subject, wanted.refusal(who.name))

    def _sender(self, request: web.BaseRequest) -> Identity:
        header = request.headers.get("Authorization", "")
        if header.startswith(_BEARER):
            return self._authenticator.of_bearer(header.removeprefix(_BEARER))
        certificate = request.get_extra_info("peercert")
        if certificate and not header:
            return self._authenticator.of_certificate(certificate["subject"])
        if header or self._needs_proof:
            raise unauthorized()
        _check_is_no_browser(request)
        return ADMINISTRATOR


def _impersonation(request: web.BaseRequest) -> Impersonation:
    headers = request.headers
    extra: dict[str, tuple[str, ...]] = {}
    for name, value in headers.items():
        if name.lower().startswith(_EXTRA):
            key = unquote(name.lower().removeprefix(_EXTRA))
            extra[key] = (*extra.get(key, ()), value)
    return Impersonation(
        user=headers.get(f"{_PREFIX}user", ""),
        groups=tuple(headers.getall(f"{_PREFIX}group", ())),
        uid=headers.get(f"{_PREFIX}uid", ""),
        extra=tuple(extra.items()),
    )


def _check_is_no_browser(request: web.BaseRequest) -> None:
    """Keeps web pages out of a server without proofs: they name their origin, or a host that isn't this one.

    Raises:
        ApiError: The request may come from a web page (401).
    """
    host = urlsplit(f"//{request.host}").hostname or ""
    if "Origin" in request.headers or not is_loopback(host):
        raise unauthorized()

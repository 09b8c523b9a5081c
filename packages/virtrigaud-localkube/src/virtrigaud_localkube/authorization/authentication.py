"""Who is it? Proofs (a bearer token, a client certificate) become identities, and identities may act as others."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from virtrigaud_localkube.api_error import Subject, bad_request, forbidden, unauthorized
from virtrigaud_localkube.authorization.access import Access
from virtrigaud_localkube.authorization.identity import (
    ADMINISTRATOR,
    ANONYMOUS,
    AUTHENTICATED,
    Identity,
    account_groups,
    account_of,
    authenticated,
)
from virtrigaud_localkube.authorization.rbac import Rbac
from virtrigaud_localkube.authorization.service_account_tokens import (
    AUDIENCE,
    ServiceAccountTokens,
    TokenRejected,
    Verified,
)

AUTHENTICATION_GROUP = "authentication.k8s.io"

# The subject of a certificate as `ssl` gives it: relative names, each of some attributes.
CertificateSubject = tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, slots=True)
class Impersonation:
    """As whom somebody wants to act."""

    user: str
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Authenticator:
    """Knows the administrator's token, the tokens of service accounts, and how certificates name users."""

    def __init__(self, admin_token: str, tokens: ServiceAccountTokens, rbac: Rbac) -> None:
        self._admin_token = admin_token.encode()
        self._tokens = tokens
        self._rbac = rbac

    def of_token(self, token: str, audiences: Sequence[str] = ()) -> Verified:
        """The identity behind a bearer token.

        Raises:
            TokenRejected: There is none.
        """
        if hmac.compare_digest(token.encode(errors="surrogateescape"), self._admin_token):
            return Verified(ADMINISTRATOR, tuple(audiences) or (AUDIENCE,))
        return self._tokens.verify(token, audiences or (AUDIENCE,))

    def of_bearer(self, token: str) -> Identity:
        """The identity behind the bearer token of a request.

        Raises:
            ApiError: There is none (401).
        """
        try:
            return self.of_token(token).identity
        except TokenRejected:
            raise unauthorized() from None

    def of_certificate(self, subject: CertificateSubject) -> Identity:
        """The identity that a verified client certificate names.

        Raises:
            ApiError: It names none (401).
        """
        identity = _named(subject)
        if not identity.name:
            raise unauthorized()
        return identity

    def acting_as(self, who: Identity, wanted: Impersonation) -> Identity:
        """The identity that somebody acts as.

        Raises:
            ApiError: They may not (403), or name nobody (400).
        """
        if not wanted.user:
            raise bad_request("groups, uid and extra can only be impersonated together with a user")
        for access in _impersonated(wanted):
            if not self._rbac.decide(who, access).is_allowed:
                subject = Subject(access.group, access.full_resource, "", access.name)
                raise forbidden(subject, access.refusal(who.name))
        account = account_of(wanted.user)
        groups = wanted.groups or (account_groups(account[0]) if account else ())
        if wanted.user != ANONYMOUS and AUTHENTICATED not in groups:
            groups = (*groups, AUTHENTICATED)
        return Identity(wanted.user, groups, wanted.uid, wanted.extra)


@lru_cache(maxsize=1024)
def _named(subject: CertificateSubject) -> Identity:
    attributes = [attribute for relative_name in subject for attribute in relative_name]
    name = next((value for key, value in attributes if key == "commonName"), "")
    groups = tuple(value for key, value in attributes if key == "organizationName")
    return authenticated(name, groups)


def _impersonated(wanted: Impersonation) -> list[Access]:
    """The accesses that it takes to act as somebody."""
    account = account_of(wanted.user)
    if account:
        accesses = [Access("impersonate", resource="serviceaccounts", namespace=account[0], name=account[1])]
    else:
        accesses = [Access("impersonate", resource="users", name=wanted.user)]
    accesses += [Access("impersonate", resource="groups", name=group) for group in wanted.groups]
    if wanted.uid:
        accesses.append(Access("impersonate", AUTHENTICATION_GROUP, "uids", name=wanted.uid))
    return accesses + [
        Access("impersonate", AUTHENTICATION_GROUP, "userextras", key, name=value)
        for key, values in wanted.extra
        for value in values
    ]

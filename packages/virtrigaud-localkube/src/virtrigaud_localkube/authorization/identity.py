"""Who sends a request: a user or a service account, with the groups that rules can name."""

from dataclasses import dataclass
from typing import Final

from virtrigaud_localkube.document import Document

MASTERS: Final = "system:masters"
AUTHENTICATED: Final = "system:authenticated"
ANONYMOUS: Final = "system:anonymous"
UNAUTHENTICATED: Final = "system:unauthenticated"
_ACCOUNT_PREFIX: Final = "system:serviceaccount:"
SERVICE_ACCOUNTS: Final = "system:serviceaccounts"


@dataclass(frozen=True, slots=True)
class Identity:
    """A user as the server knows it."""

    name: str
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def is_master(self) -> bool:
        """Whether no rule limits this user."""
        return MASTERS in self.groups

    def user_info(self) -> Document:
        """The identity as reviews and webhooks are told it."""
        info: Document = {"username": self.name, "groups": list(self.groups)}
        if self.uid:
            info["uid"] = self.uid
        if self.extra:
            info["extra"] = {key: list(values) for key, values in self.extra}
        return info


ADMINISTRATOR: Final = Identity("localkube-admin", (MASTERS, AUTHENTICATED))
SERVER: Final = Identity("system:apiserver", (MASTERS,))


def authenticated(name: str, groups: tuple[str, ...] = ()) -> Identity:
    """A user who proved to be it."""
    return Identity(name, (*groups, AUTHENTICATED))


def account_name(namespace: str, name: str) -> str:
    """The user name of a service account."""
    return f"{_ACCOUNT_PREFIX}{namespace}:{name}"


def account_of(user: str) -> tuple[str, str] | None:
    """Namespace and name of the service account that a user name means, if it means one."""
    namespace, _, name = user.removeprefix(_ACCOUNT_PREFIX).partition(":")
    return (namespace, name) if user.startswith(_ACCOUNT_PREFIX) and name else None


def account_groups(namespace: str) -> tuple[str, ...]:
    """The groups of the service accounts of a namespace."""
    return (SERVICE_ACCOUNTS, f"{SERVICE_ACCOUNTS}:{namespace}")

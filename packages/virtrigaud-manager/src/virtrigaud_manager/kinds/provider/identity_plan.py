"""Which certificate the manager has to issue next for a Provider. Pure; part of `plan`."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from virtrigaud_api.v1beta1.provider_names import provider_dns_names

from virtrigaud_manager.certificates.authority import why_due
from virtrigaud_manager.certificates.peer import manager_dns_name, why_issue
from virtrigaud_manager.kinds.provider.actions import Action, IssueAuthority, IssueClient, IssueServer
from virtrigaud_manager.kinds.provider.observation import Observation


def issue(o: Observation) -> Action | None:
    """Decide what is issued next: the authority, then the manager's certificate, then the provider's."""
    held = o.identities
    if held is None:
        return None
    why = why_due(held.authority, o.rule, o.now)
    if why is not None or held.authority is None:
        return IssueAuthority(why or "")
    why = why_issue(held.client, held.authority, client_names(o), o.now)
    if why is not None:
        return IssueClient(why)
    why = why_issue(held.server, held.authority, server_names(o), o.now)
    return IssueServer(why) if why is not None else None


def client_names(o: Observation) -> tuple[str, ...]:
    """Name the manager in its certificate."""
    return (manager_dns_name(o.home.namespace),)


def server_names(o: Observation) -> tuple[str, ...]:
    """Name the provider in its certificate."""
    return provider_dns_names(o.provider.metadata.namespace, o.provider.metadata.name)


def until_issue(o: Observation) -> timedelta | None:
    """Return how long it is until something has to be issued; None where nothing is."""
    due = min(_dues(o), default=None)
    return max(due - o.now, timedelta(0)) if due is not None else None


def _dues(o: Observation) -> Iterator[datetime]:
    held = o.identities
    if held is None:
        return
    if held.authority is not None:
        yield held.authority.due(o.rule)
    for peer in (held.client, held.server):
        if peer is not None:
            yield peer.renewal

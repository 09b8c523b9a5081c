"""Issuing certificates and keeping them in Secrets; part of `act`. Keys are made here and are nowhere but there."""

import base64
from collections.abc import Mapping
from typing import Any

from virtrigaud_api.issuing import Purpose
from virtrigaud_api.tls_secret import TLS_SECRET_TYPE
from virtrigaud_api.v1beta1 import keys

from virtrigaud_manager.certificates import authority as authorities
from virtrigaud_manager.certificates import peer as peers
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.kinds.provider.actions import IssueAuthority, IssueClient, IssueServer
from virtrigaud_manager.kinds.provider.identity_plan import client_names, server_names
from virtrigaud_manager.kinds.provider.labels import metadata
from virtrigaud_manager.kinds.provider.names import issued_key
from virtrigaud_manager.kinds.provider.observation import Observation


def issued_secret(
    o: Observation, action: IssueAuthority | IssueClient | IssueServer
) -> tuple[ObjectKey, dict[str, Any]]:
    """Issue what the action says, as the Secret that holds it."""
    held, home = o.identities, o.home.namespace
    authority = held.authority if held is not None else None
    if isinstance(action, IssueAuthority) or authority is None:
        key = ObjectKey(ObjectKind.SECRET, home, authorities.AUTHORITY_SECRET)
        return key, _document(key, authorities.values_of(authorities.followed(authority, o.rule, o.now)))
    if isinstance(action, IssueClient):
        key = ObjectKey(ObjectKind.SECRET, home, peers.CLIENT_SECRET)
        client = peers.issued(authority, client_names(o), Purpose.CLIENT, o.rule, o.now)
        return key, _document(key, peers.values_of(client))
    server = peers.issued(authority, server_names(o), Purpose.SERVER, o.rule, o.now)
    key = issued_key(o.provider)
    return key, _document(key, peers.values_of(server)) | {"metadata": metadata(o.provider, key)}


def _document(key: ObjectKey, values: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": key.kind.value,
        "metadata": {
            "name": key.name,
            "namespace": key.namespace,
            "labels": {keys.LABEL_APP_MANAGED_BY: keys.APP_MANAGED_BY},
        },
        "type": TLS_SECRET_TYPE,
        "data": {name: base64.b64encode(value).decode() for name, value in values.items()},
    }

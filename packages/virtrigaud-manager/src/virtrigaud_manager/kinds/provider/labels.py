"""Name, labels, selector and owner of everything that is made for a Provider. Pure."""

import hashlib
from typing import Any

from virtrigaud_api.v1beta1 import Provider, keys
from virtrigaud_api.v1beta1.provider_names import LONGEST_DNS_LABEL

from virtrigaud_manager.cluster.object_key import ObjectKey

_DIGEST_LENGTH = 8


def selector(provider: Provider) -> dict[str, str]:
    """Return the labels by which a Provider's pods are found."""
    return {keys.LABEL_APP_NAME: keys.APP_NAME_PROVIDER, keys.LABEL_APP_INSTANCE: _value(provider.metadata.name)}


def labels(provider: Provider) -> dict[str, str]:
    """Return all labels."""
    return {
        **selector(provider),
        keys.LABEL_APP_COMPONENT: keys.APP_COMPONENT_PROVIDER,
        keys.LABEL_APP_MANAGED_BY: keys.APP_MANAGED_BY,
        keys.LABEL_PROVIDER_TYPE: provider.spec.type,
    }


def metadata(provider: Provider, key: ObjectKey) -> dict[str, Any]:
    """Return the metadata of an object that is made for a Provider."""
    return {
        "name": key.name,
        "namespace": key.namespace,
        "labels": labels(provider),
        "ownerReferences": [_owner_reference(provider)],
    }


def _owner_reference(provider: Provider) -> dict[str, Any]:
    """Return the reference by which deleting a Provider deletes what was made for it."""
    return {
        "apiVersion": keys.API_VERSION,
        "kind": provider.names.kind,
        "name": provider.metadata.name,
        "uid": provider.metadata.uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }


def _value(name: str) -> str:
    """Make a name a label value: a long one is cut and told apart by a digest."""
    if len(name) <= LONGEST_DNS_LABEL:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{name[: LONGEST_DNS_LABEL - _DIGEST_LENGTH - 1].rstrip('-.')}-{digest}"

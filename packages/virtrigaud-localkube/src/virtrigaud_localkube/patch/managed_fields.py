"""`metadata.managedFields`: who owns which field, and how a write moves the ownership."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from virtrigaud_localkube.document import Document, now
from virtrigaud_localkube.patch.field_sets import (
    FieldSet,
    changed_fields,
    difference,
    fields_of,
    removed_fields,
    tracked,
    union,
)
from virtrigaud_localkube.schema.structural import Node


@dataclass(frozen=True, slots=True)
class Manager:
    """One writer in one way of writing."""

    name: str
    operation: str
    subresource: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """What a manager owns, and since when."""

    fields: FieldSet
    api_version: str
    time: str


Shares = dict[Manager, Share]


def read_shares(document: Mapping[str, Any]) -> Shares:
    """The shares that an object records."""
    shares = {}
    for entry in document["metadata"].get("managedFields") or ():
        manager = Manager(entry.get("manager", ""), entry.get("operation", "Update"), entry.get("subresource", ""))
        shares[manager] = Share(entry.get("fieldsV1") or {}, entry.get("apiVersion", ""), entry.get("time", ""))
    return shares


def write_shares(document: Document, shares: Shares) -> None:
    """Records shares in an object; empty ones are left out."""
    document["metadata"]["managedFields"] = [
        _entry(manager, share) for manager, share in shares.items() if share.fields
    ]


def _entry(manager: Manager, share: Share) -> Document:
    entry: Document = {
        "manager": manager.name,
        "operation": manager.operation,
        "apiVersion": share.api_version,
        "time": share.time,
        "fieldsType": "FieldsV1",
        "fieldsV1": share.fields,
    }
    if not share.time:
        del entry["time"]
    if manager.subresource:
        entry["subresource"] = manager.subresource
    return entry


def shares_of_created(document: Document, manager: Manager, node: Node) -> Shares:
    """The shares of an object that a manager made: everything is the manager's."""
    changed = changed_fields(node, {}, tracked(document))
    return {manager: Share(changed, document["apiVersion"], now())}


def shares_after_update(old: Document, updated: Document, manager: Manager, node: Node) -> Shares:
    """The shares after a plain write: what changed is the writer's now, what went is nobody's."""
    before, after = tracked(old), tracked(updated)
    changed = changed_fields(node, before, after)
    lost = union(changed, removed_fields(node, before, after))
    shares = _without(read_shares(old), lost, except_for=manager)
    if lost and manager in shares:
        own = difference(shares[manager].fields, removed_fields(node, before, after))
        shares[manager] = replace(shares[manager], fields=own)
    if changed:
        own = union(shares[manager].fields, changed) if manager in shares else changed
        shares[manager] = Share(own, updated["apiVersion"], now())
    return shares


def shares_after_apply(
    old: Document, updated: Document, manager: Manager, applied: FieldSet, taken: FieldSet, node: Node
) -> Shares:
    """The shares after server-side apply: the applier owns what it applied, forced fields leave the others."""
    gone = removed_fields(node, tracked(old), tracked(updated))
    before = read_shares(old)
    shares = _without(before, union(taken, gone), except_for=manager)
    own = before.get(manager)
    is_unchanged = own is not None and own.fields == applied and own.api_version == updated["apiVersion"]
    shares[manager] = own if own is not None and is_unchanged else Share(applied, updated["apiVersion"], now())
    return shares


def _without(shares: Shares, lost: FieldSet, *, except_for: Manager) -> Shares:
    if not lost:
        return dict(shares)
    return {
        manager: share if manager == except_for else replace(share, fields=difference(share.fields, lost))
        for manager, share in shares.items()
    }


def applied_fields(document: Document, node: Node) -> FieldSet:
    """The fields that an applied configuration names."""
    return fields_of(node, tracked(document))

"""What clients ask first: which groups, versions and resources there are. Both the classic and the aggregated form."""

from collections.abc import Iterable
from typing import Final

from virtrigaud_localkube.api_error import no_such_path
from virtrigaud_localkube.document import Document
from virtrigaud_localkube.registry.catalog import Catalog
from virtrigaud_localkube.registry.resource import Resource

VERSION_INFO: Final = {
    "major": "1",
    "minor": "36",
    "gitVersion": "v1.36.0+localkube",
    "gitCommit": "",
    "gitTreeState": "clean",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "",
    "compiler": "",
    "platform": "linux/amd64",
}
_SUBRESOURCE_VERBS: Final = ["get", "patch", "update"]
_SCALE: Final = {"group": "autoscaling", "version": "v1", "kind": "Scale"}


def document(catalog: Catalog, parts: list[str]) -> Document:
    """The answer to a path above the resources, in the classic form.

    Raises:
        ApiError: There is nothing at the path (404).
    """
    match parts:
        case []:
            found: Document = {"paths": ["/api", "/apis", "/healthz", "/openapi/v2", "/openapi/v3", "/version"]}
        case ["api"]:
            found = {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
        case ["apis"]:
            groups = [_group(name, versions) for name, versions in catalog.groups().items() if name]
            found = {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}
        case ["apis", name] if name in catalog.groups():
            found = {"kind": "APIGroup", "apiVersion": "v1", **_group(name, catalog.groups()[name])}
        case ["api", version]:
            found = _resource_list(catalog.in_version("", version))
        case ["apis", name, version]:
            found = _resource_list(catalog.in_version(name, version))
        case _:
            raise no_such_path()
    return found


def _group(name: str, versions: list[str]) -> Document:
    listed = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def _resource_list(resources: list[Resource]) -> Document:
    if not resources:
        raise no_such_path()
    entries = [entry for resource in resources for entry in _entries(resource)]
    head = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": resources[0].api_version}
    return {**head, "resources": entries}


def _entries(resource: Resource) -> Iterable[Document]:
    entry: Document = {
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.is_namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
    }
    yield entry | _short_names(resource)
    for name in sorted(resource.subresources):
        extra = _SCALE if name == "scale" else {"kind": resource.kind}
        yield {
            "name": f"{resource.plural}/{name}",
            "singularName": "",
            "namespaced": resource.is_namespaced,
            "verbs": _SUBRESOURCE_VERBS,
            **extra,
        }


def _short_names(resource: Resource) -> Document:
    extras = {"shortNames": list(resource.short_names), "categories": list(resource.categories)}
    return {key: value for key, value in extras.items() if value}


def aggregated(catalog: Catalog, *, is_core: bool, version: str) -> Document:
    """All groups, versions and resources in one document, of the core group or of the named ones."""
    items = [
        {
            "metadata": {"name": name, "creationTimestamp": None} if name else {"creationTimestamp": None},
            "versions": [
                {
                    "version": one,
                    "resources": [_aggregated_resource(resource) for resource in catalog.in_version(name, one)],
                    "freshness": "Current",
                }
                for one in versions
            ],
        }
        for name, versions in catalog.groups().items()
        if (not name) == is_core
    ]
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": f"apidiscovery.k8s.io/{version}",
        "metadata": {},
        "items": items,
    }


def _aggregated_resource(resource: Resource) -> Document:
    kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    entry: Document = {
        "resource": resource.plural,
        "responseKind": kind,
        "scope": "Namespaced" if resource.is_namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(resource.verbs),
        **_short_names(resource),
    }
    if resource.subresources:
        entry["subresources"] = [
            {"subresource": name, "responseKind": _SCALE if name == "scale" else kind, "verbs": _SUBRESOURCE_VERBS}
            for name in sorted(resource.subresources)
        ]
    return entry

"""The resources that are served right now: the built-in ones, and those of the definitions in the store."""

import re
from collections.abc import Iterator
from typing import Final

from virtrigaud_localkube.document import Document
from virtrigaud_localkube.registry.builtin import builtin_resources
from virtrigaud_localkube.registry.definitions import custom_resources
from virtrigaud_localkube.registry.resource import Resource

_VERSION_NAME: Final = re.compile(r"v(\d+)(?:(alpha|beta)(\d+))?")
_STABILITY: Final = {"alpha": 0, "beta": 1, None: 2}


class Catalog:
    """Finds resources by path, by collection and by group."""

    def __init__(self) -> None:
        self._served: dict[tuple[str, str, str], Resource] = {}
        self._by_collection: dict[str, Resource] = {}
        self.revision = 0
        for resource in builtin_resources():
            self._add(resource)

    def find(self, group: str, version: str, plural: str) -> Resource | None:
        """The resource at a path."""
        return self._served.get((group, version, plural))

    def of_collection(self, collection: str) -> Resource | None:
        """The resource through which the server itself works on a collection: the one in its stored version."""
        return self._by_collection.get(collection)

    def builtin(self, collection: str) -> Resource:
        """The resource of a collection that always exists."""
        return self._by_collection[collection]

    def resources(self) -> Iterator[Resource]:
        """All served resources."""
        return iter(self._served.values())

    def in_version(self, group: str, version: str) -> list[Resource]:
        """The resources of a group in a version."""
        return [one for one in self._served.values() if (one.group, one.version) == (group, version)]

    def groups(self) -> dict[str, list[str]]:
        """The versions of each group, the preferred one first; the core group is the empty name."""
        found: dict[str, set[str]] = {}
        for resource in self._served.values():
            found.setdefault(resource.group, set()).add(resource.version)
        return {group: sorted(versions, key=version_rank, reverse=True) for group, versions in found.items()}

    def define(self, definition: Document) -> None:
        """Serves what a CustomResourceDefinition defines, instead of what it defined before."""
        self.forget(definition)
        for resource in custom_resources(definition):
            self._add(resource)

    def forget(self, definition: Document) -> None:
        """Stops serving what a CustomResourceDefinition defines."""
        spec = definition["spec"]
        group, plural = spec["group"], spec["names"]["plural"]
        for place in [place for place, resource in self._served.items() if place[::2] == (group, plural)]:
            del self._served[place]
        self._by_collection.pop(f"{group}/{plural}", None)
        self.revision += 1

    def _add(self, resource: Resource) -> None:
        self._served[resource.group, resource.version, resource.plural] = resource
        if resource.api_version == resource.stored_api_version:
            self._by_collection[resource.collection] = resource
        self._by_collection.setdefault(resource.collection, resource)
        self.revision += 1


def version_rank(name: str) -> tuple[int, int, int, str]:
    """The order of version names: v2, v1, v1beta2, v1beta1, v1alpha1, then anything else."""
    match = _VERSION_NAME.fullmatch(name)
    if not match:
        return (-1, 0, 0, name)
    return (_STABILITY[match[2]], int(match[1]), int(match[3] or 0), name)

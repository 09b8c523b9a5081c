"""Who does what a field asks for: read from docs/reference/honoured.toml and from the manager's table of refusals.

`kind_page` asks for each field; a test compares the answers with what the providers refuse.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from virtrigaud_api.v1beta1.spelling import camel_case
from virtrigaud_manager.kinds.virtual_machine import refused

TABLE: Final = Path(__file__).resolve().parents[2] / "docs" / "reference" / "honoured.toml"

EVERYBODY: Final = "every provider"
MANAGER: Final = "the manager"
PEOPLE: Final = "nobody; it is for people"
REFUSED: Final = "nobody yet; refused with a condition"
STORED: Final = "nobody yet; kept"

Paths = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Honours:
    """The table, with the manager's refusals in it. Paths begin below `spec`."""

    providers: tuple[str, ...]
    stored: frozenset[str]
    manager: Paths
    people: Paths
    nobody: Paths
    only: Mapping[str, str]
    refused: Mapping[str, Mapping[str, str]]
    note: Mapping[str, str]

    def of(self, kind: str, path: str) -> str:
        """Say who does what a field of a spec asks for; list markers in the path do not count."""
        if kind in self.stored:
            return STORED
        path = path.replace("[]", "").replace("{}", "")
        answer, note = self._answer(kind, path), self.note.get(f"{kind}.{path}")
        return f"{answer}; {note}" if note else answer

    def by_provider(self, kind: str, path: str) -> tuple[str, ...]:
        """Say for each provider, in a word, what becomes of a field of a spec."""
        path = path.replace("[]", "").replace("{}", "")
        for paths, answer in ((self.nobody, "refused"), (self.people, "for people"), (self.manager, "the manager")):
            if _within(path, paths.get(kind, ())):
                return (answer,) * len(self.providers)
        return tuple(self._one(provider, f"{kind}.{path}") for provider in self.providers)

    def _one(self, provider: str, name: str) -> str:
        """A provider whose type has a place of its own in a kind reads that; one without takes what is there."""
        types = [type_ for place, type_ in self.only.items() if _within(name, (place,))]
        if types and provider in self.only.values() and provider not in types:
            return "not read"
        return "refused" if _within(name, self.refused[provider]) else "yes"

    def note_on(self, kind: str, path: str) -> str:
        """Return what more is to be said about a field."""
        return self.note.get(f"{kind}.{path.replace('[]', '').replace('{}', '')}", "")

    def _answer(self, kind: str, path: str) -> str:
        for paths, answer in ((self.nobody, REFUSED), (self.people, PEOPLE), (self.manager, MANAGER)):
            if _within(path, paths.get(kind, ())):
                return answer
        return self._providers(f"{kind}.{path}")

    def _providers(self, name: str) -> str:
        for place, provider in self.only.items():
            if _within(name, (place,)):
                return provider if provider in self.providers else f"{provider}, which has no provider yet"
        willing = [provider for provider in self.providers if not _within(name, self.refused[provider])]
        if len(willing) == len(self.providers):
            return EVERYBODY
        return ", ".join(willing) or "nobody yet; refused by every provider"


def read_honours() -> Honours:
    """Read the table and the manager's refusals."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    nobody = {kind: tuple(paths) for kind, paths in table["nobody"].items()}
    for kind, paths in manager_refusals().items():
        nobody[kind] = (*nobody.get(kind, ()), *paths)
    return Honours(
        providers=tuple(table["providers"]),
        stored=frozenset(table["stored"]),
        manager={kind: tuple(paths) for kind, paths in table["manager"].items()},
        people={kind: tuple(paths) for kind, paths in table["people"].items()},
        nobody=nobody,
        only=table["only"],
        refused=table["refused"],
        note=table["note"],
    )


def manager_refusals() -> Paths:
    """Return what the manager refuses whatever the provider, by the names of manifests."""
    image = (*refused.IMAGE_REFUSED, *refused.PREPARATION_REFUSED, *_all(refused.IMAGE_REFUSED_OF_SOURCE))
    network = (*refused.NETWORK_REFUSED, *_all(refused.NETWORK_REFUSED_OF_BACKEND))
    spelled = {
        "VirtualMachine": refused.VIRTUAL_MACHINE_REFUSED,
        "VMImage": image,
        "VMNetworkAttachment": network,
    }
    return {kind: tuple(_spelled(path) for path in paths) for kind, paths in spelled.items()}


def _all(by_sort: Mapping[str, Iterable[str]]) -> Iterable[str]:
    return (path for paths in by_sort.values() for path in paths)


def _spelled(path: str) -> str:
    return ".".join(camel_case(part) for part in path.split("."))


def _within(path: str, places: Iterable[str]) -> bool:
    return any(path == place or path.startswith(f"{place}.") for place in places)

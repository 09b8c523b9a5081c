"""`vrtg events`: what happened to objects of our kinds, oldest first, once or followed.

Called by the command and by `describe`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console
from virtrigaud_api.v1beta1 import keys

from virtrigaud_cli.kube.blocking import BlockingApi, Selection
from virtrigaud_cli.kube.resources import EVENT
from virtrigaud_cli.reading.documents import age
from virtrigaud_cli.reading.printing import plain_lines, show

HEADINGS: Final = ("Last seen", "Type", "Reason", "Object", "Message")


@dataclass(frozen=True, slots=True)
class Happening:
    """One Event."""

    moment: str
    kind: str
    reason: str
    subject: str
    message: str
    count: int

    @property
    def cells(self) -> tuple[str, ...]:
        """The Event as a line."""
        repeated = f" (x{self.count})" if self.count > 1 else ""
        return age(self.moment), self.kind, self.reason, self.subject, f"{self.message}{repeated}"


def events(api: BlockingApi, namespace: str, console: Console) -> None:
    """Print what happened to our objects."""
    answer = api.list(EVENT, namespace)
    happenings = happenings_of(answer["items"], with_namespace=not namespace)
    if happenings:
        show(console, HEADINGS, [happening.cells for happening in happenings])
    else:
        console.print("nothing has happened", highlight=False)


def follow_events(api: BlockingApi, namespace: str, console: Console) -> None:
    """Print what happened and go on with what happens, line by line, until interrupted."""
    answer = api.list(EVENT, namespace)
    since = str(answer["metadata"]["resourceVersion"])
    _print_lines(happenings_of(answer["items"], with_namespace=not namespace), console)
    for kind, document in api.watch(EVENT, namespace, since=since):
        if kind in {"ADDED", "MODIFIED"}:
            _print_lines(happenings_of([document], with_namespace=not namespace), console)


def happenings_about(api: BlockingApi, namespace: str, uid: str) -> list[Happening]:
    """What happened to one object."""
    answer = api.list(EVENT, namespace, selection=Selection(involved=uid))
    return happenings_of(answer["items"], with_namespace=False)


def happenings_of(documents: Iterable[Mapping[str, Any]], *, with_namespace: bool) -> list[Happening]:
    """The Events about our kinds, oldest first."""
    ours = [document for document in documents if _is_ours(document)]
    return sorted((_happening(document, with_namespace=with_namespace) for document in ours), key=lambda h: h.moment)


def _is_ours(document: Mapping[str, Any]) -> bool:
    return str((document.get("involvedObject") or {}).get("apiVersion") or "").startswith(f"{keys.GROUP}/")


def _happening(document: Mapping[str, Any], *, with_namespace: bool) -> Happening:
    subject = document["involvedObject"]
    place = f"{subject.get('namespace', '')}/" if with_namespace else ""
    moments = (document.get(name) for name in ("lastTimestamp", "eventTime", "firstTimestamp"))
    return Happening(
        moment=str(next((moment for moment in moments if moment), "")),
        kind=str(document.get("type") or ""),
        reason=str(document.get("reason") or ""),
        subject=f"{place}{subject.get('kind')}/{subject.get('name')}",
        message=str(document.get("message") or "").strip(),
        count=int(document.get("count") or 1),
    )


def _print_lines(happenings: list[Happening], console: Console) -> None:
    for line in plain_lines(HEADINGS, [happening.cells for happening in happenings])[1:]:
        console.print(line, markup=False, highlight=False, soft_wrap=True)

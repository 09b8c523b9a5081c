"""`vrtg describe`: one object for a person: what is wanted, what is so, why not, and what happened.

Called by the command and, when something fails, by the demo.
"""

from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console

from virtrigaud_cli.kube.blocking import BlockingApi
from virtrigaud_cli.kube.resources import Resource
from virtrigaud_cli.reading.documents import age, yaml_text
from virtrigaud_cli.reading.events import HEADINGS, happenings_about
from virtrigaud_cli.reading.printing import show

CONDITION_HEADINGS: Final = ("Condition", "Status", "Reason", "Since", "Message")


def describe(api: BlockingApi, resource: Resource, namespace: str, name: str, console: Console) -> None:
    """Print one object with its conditions and Events."""
    document = api.get(resource, namespace, name)
    metadata, status = document["metadata"], dict(document.get("status") or {})
    conditions = status.pop("conditions", None) or ()
    console.print(f"[bold]{resource.kind} {namespace}/{name}[/bold]  (age {age(metadata['creationTimestamp'])})")
    if metadata.get("deletionTimestamp"):
        waiting = ", ".join(metadata.get("finalizers") or ()) or "nothing"
        console.print(f"[yellow]being deleted for {age(metadata['deletionTimestamp'])}; waits for {waiting}[/yellow]")
    _section(console, "Labels", metadata.get("labels") or {})
    _section(console, "Wanted", document.get("spec") or {})
    _section(console, "Seen", status)
    if conditions:
        console.print()
        show(console, CONDITION_HEADINGS, [_condition_cells(condition) for condition in conditions])
    happenings = happenings_about(api, namespace, str(metadata["uid"]))
    if happenings:
        console.print()
        show(console, HEADINGS, [happening.cells for happening in happenings])


def _section(console: Console, title: str, content: Mapping[str, Any]) -> None:
    if content:
        console.print(f"\n[bold]{title}[/bold]")
        for line in yaml_text(content).splitlines():
            console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)


def _condition_cells(condition: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        str(condition.get("type") or ""),
        str(condition.get("status") or ""),
        str(condition.get("reason") or ""),
        age(str(condition.get("lastTransitionTime") or "")),
        str(condition.get("message") or ""),
    )

"""`vrtg get`: objects of our kinds as rows, as JSON or YAML, once or followed live.

Called by the command; the columns and their contents are the server's.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from rich.console import Console
from rich.live import Live

from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.kube.api_refusal import ApiRefusal
from virtrigaud_cli.kube.blocking import BlockingApi, Selection
from virtrigaud_cli.kube.resources import Resource
from virtrigaud_cli.reading.documents import yaml_text
from virtrigaud_cli.reading.output_form import OutputForm
from virtrigaud_cli.reading.printed_rows import PrintedRows, Row, read_rows
from virtrigaud_cli.reading.printing import plain_lines, rich_table, show


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for; an empty namespace means all."""

    resources: tuple[Resource, ...]
    name: str
    namespace: str
    form: OutputForm = OutputForm.TABLE

    @property
    def with_namespace(self) -> bool:
        """Whether rows need a column for the namespace."""
        return not self.namespace


def get(api: BlockingApi, wanted: Wanted, console: Console) -> None:
    """Print the objects once."""
    if wanted.form in {OutputForm.JSON, OutputForm.YAML}:
        document = _documents(api, wanted)
        text = yaml_text(document) if wanted.form is OutputForm.YAML else json.dumps(document, indent=2)
        console.print(text, markup=False, highlight=False, soft_wrap=True)
        return
    shown = [printed for printed in (_rows(api, resource, wanted) for resource in wanted.resources) if printed.rows]
    if not shown:
        place = f"in namespace {wanted.namespace}" if wanted.namespace else "in any namespace"
        console.print(f"no {', '.join(r.plural for r in wanted.resources)} {place}", highlight=False)
    for position, printed in enumerate(shown):
        if len(wanted.resources) > 1:
            console.print(f"{'' if position == 0 else chr(10)}[bold]{printed.kind}[/bold]")
        show(
            console,
            printed.headings(with_namespace=wanted.with_namespace),
            printed.lines(with_namespace=wanted.with_namespace),
        )


def follow(api: BlockingApi, wanted: Wanted, console: Console) -> None:
    """Print the objects and every change until interrupted: a live table on a terminal, lines elsewhere."""
    if len(wanted.resources) > 1 or wanted.form in {OutputForm.JSON, OutputForm.YAML}:
        raise CommandFailed("-w follows one kind, as a table", advice="name one kind and leave -o json|yaml away")
    if console.is_terminal:
        _follow_live(api, wanted, console)
    else:
        _follow_lines(api, wanted, console)


def _follow_live(api: BlockingApi, wanted: Wanted, console: Console) -> None:
    with Live(console=console, auto_refresh=False) as live:
        for printed, _ in _changes(api, wanted):
            live.update(rich_table(printed, with_namespace=wanted.with_namespace), refresh=True)


def _follow_lines(api: BlockingApi, wanted: Wanted, console: Console) -> None:
    heading_shown = False
    for printed, changed in _changes(api, wanted):
        rows = replace(printed, rows=changed)
        headings = printed.headings(with_namespace=wanted.with_namespace)
        lines = plain_lines(headings, rows.lines(with_namespace=wanted.with_namespace))
        for line in lines[1:] if heading_shown else lines:
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        heading_shown = True


def _changes(api: BlockingApi, wanted: Wanted) -> Iterator[tuple[PrintedRows, tuple[Row, ...]]]:
    """All rows and those that changed, at first and after every change; the watch resumes where it ended."""
    resource = wanted.resources[0]
    selection = Selection(name=wanted.name, as_table=True)
    while True:
        printed = _rows(api, resource, wanted)
        yield printed, printed.rows
        wide = wanted.form is OutputForm.WIDE
        for kind, table in api.watch(resource, wanted.namespace, since=printed.version, selection=selection):
            if kind == "ERROR":
                break
            if kind == "BOOKMARK":
                continue
            fresh = read_rows(resource.kind, table, wide=wide, columns=printed.columns).rows
            gone = {(row.namespace, row.name) for row in fresh}
            kept = tuple(row for row in printed.rows if (row.namespace, row.name) not in gone)
            rows = kept if kind == "DELETED" else tuple(sorted((*kept, *fresh), key=lambda r: (r.namespace, r.name)))
            printed = replace(printed, rows=rows)
            yield printed, fresh


def _rows(api: BlockingApi, resource: Resource, wanted: Wanted) -> PrintedRows:
    selection = Selection(name=wanted.name, as_table=True)
    table = api.list(resource, wanted.namespace, selection=selection)
    printed = read_rows(resource.kind, table, wide=wanted.form is OutputForm.WIDE)
    if wanted.name and not printed.rows:
        raise ApiRefusal(f"there is no {resource.kind} {wanted.namespace}/{wanted.name}", code=404)
    return printed


def _documents(api: BlockingApi, wanted: Wanted) -> dict[str, Any]:
    if wanted.name:
        return api.get(wanted.resources[0], wanted.namespace, wanted.name)
    items = []
    for resource in wanted.resources:
        answer = api.list(resource, wanted.namespace)
        items += [{"apiVersion": resource.api_version, "kind": resource.kind, **item} for item in answer["items"]]
    return {"apiVersion": "v1", "kind": "List", "items": items}

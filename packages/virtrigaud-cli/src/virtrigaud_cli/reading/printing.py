"""Rows on a terminal (a table with colours) and elsewhere (aligned plain lines, as scripts expect them).

What stands in a cell was written by others: it begins no line of its own and steers no terminal.
"""

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from virtrigaud_api.log_lines import on_one_line

from virtrigaud_cli.reading.printed_rows import PrintedRows

_GOOD: Final = {"True", "Running", "Ready", "On", "Normal", "ready"}
_BAD: Final = {"False", "Failed", "Warning", "stopped"}
_UNDER_WAY: Final = {
    "Pending", "Provisioning", "Reconfiguring", "Deleting", "Importing", "Downloading", "Starting", "Unknown",
    "starting",
}  # fmt: skip
_GAP: Final = 3


def styled(cell: str) -> str:
    """A cell in the colour of its meaning."""
    if cell in _GOOD:
        return f"[green]{cell}[/green]"
    if cell in _BAD:
        return f"[red]{cell}[/red]"
    if cell in _UNDER_WAY:
        return f"[yellow]{cell}[/yellow]"
    return escape(cell)


def rich_table(printed: PrintedRows, *, with_namespace: bool) -> Table:
    """The rows as a table for a terminal."""
    return table_of(printed.headings(with_namespace=with_namespace), printed.lines(with_namespace=with_namespace))


def table_of(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> Table:
    """A table without a frame."""
    table = Table(*[heading.upper() for heading in headings], box=None, pad_edge=False, header_style="bold")
    for line in lines:
        table.add_row(*(styled(on_one_line(cell)) for cell in line))
    return table


def plain_lines(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    """The rows as aligned text, without colour."""
    grid = [[heading.upper() for heading in headings], *([on_one_line(cell) for cell in line] for line in lines)]
    widths = [max(len(cell) for cell in column) + _GAP for column in zip(*grid, strict=True)]
    return ["".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in grid]


def show(console: Console, headings: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """Print rows as the output deserves."""
    if console.is_terminal:
        console.print(table_of(headings, lines))
        return
    for line in plain_lines(headings, lines):
        console.print(line, markup=False, highlight=False, soft_wrap=True)

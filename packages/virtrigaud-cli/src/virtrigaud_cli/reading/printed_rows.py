"""Collections as the rows that the API server prints for them (meta.k8s.io/v1 Table).

Columns come from the server, so that vrtg and kubectl show the same. Read by `printing`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

NAMESPACE_COLUMN: Final = "Namespace"


@dataclass(frozen=True, slots=True)
class Row:
    """One object as a line."""

    namespace: str
    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrintedRows:
    """Objects of one kind as lines."""

    kind: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    version: str = ""

    def lines(self, *, with_namespace: bool) -> list[tuple[str, ...]]:
        """The cells of every line, with the namespace before them when wanted."""
        return [(row.namespace, *row.cells) if with_namespace else row.cells for row in self.rows]

    def headings(self, *, with_namespace: bool) -> tuple[str, ...]:
        """The columns, with the namespace before them when wanted."""
        return (NAMESPACE_COLUMN, *self.columns) if with_namespace else self.columns


def read_rows(kind: str, table: Mapping[str, Any], *, wide: bool, columns: tuple[str, ...] = ()) -> PrintedRows:
    """Read a Table; a watch sends the columns only once, so they can be given."""
    definitions = table.get("columnDefinitions") or ()
    shown = [position for position, column in enumerate(definitions) if wide or not column.get("priority")]
    names = tuple(str(definitions[position]["name"]) for position in shown) or columns
    rows = tuple(_row(row, shown or list(range(len(names)))) for row in table.get("rows") or ())
    return PrintedRows(kind, names, rows, str((table.get("metadata") or {}).get("resourceVersion") or ""))


def _row(row: Mapping[str, Any], shown: list[int]) -> Row:
    metadata = (row.get("object") or {}).get("metadata") or {}
    cells = row.get("cells") or ()
    texts = tuple("" if cells[position] is None else str(cells[position]) for position in shown)
    return Row(str(metadata.get("namespace") or ""), str(metadata.get("name") or ""), texts)

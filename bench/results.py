"""Results of benchmarks: a table for people and a line of JSON each for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

LATEST = Path(__file__).parent / "results" / "latest.jsonl"


class Better(StrEnum):
    """Which direction is an improvement."""

    LOWER = "lower"
    HIGHER = "higher"


@dataclass(frozen=True, slots=True)
class Result:
    """One figure.

    Attributes:
        bar: The figure asked for; None where there is none.
    """

    bench: str
    metric: str
    value: float
    unit: str
    bar: float | None = None
    better: Better = Better.LOWER

    @property
    def verdict(self) -> str:
        """Say whether the bar is met."""
        if self.bar is None:
            return ""
        met = self.value <= self.bar if self.better is Better.LOWER else self.value >= self.bar
        return "met" if met else "missed"


def write(results: Sequence[Result]) -> None:
    """Replace the latest results of the benchmarks that ran; those of the others stay."""
    LATEST.parent.mkdir(exist_ok=True)
    ran = {result.bench for result in results}
    lines = LATEST.read_text().splitlines() if LATEST.exists() else []
    kept = [line for line in lines if json.loads(line)["bench"] not in ran]
    LATEST.write_text("".join(f"{line}\n" for line in (*kept, *(json.dumps(asdict(result)) for result in results))))


def table(results: Sequence[Result]) -> str:
    """Return the results as an aligned table."""
    rows = [("bench", "metric", "value", "bar", "")]
    for result in results:
        bar = "" if result.bar is None else f"{'<=' if result.better is Better.LOWER else '>='} {result.bar:g}"
        rows.append((result.bench, result.metric, f"{result.value:.4g} {result.unit}", bar, result.verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )

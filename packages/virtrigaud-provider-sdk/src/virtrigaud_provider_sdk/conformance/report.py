"""What a run of the suite found: counted by area, printed as a table, and kept as Markdown for a README.

`plugin` hands in pytest's own reports. Tests write facts with the fixture `note`: `field` what became of a
field of the spec, `calls` what a look costs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

BEGIN: Final = "<!-- conformance: written by --provider-report -->"
END: Final = "<!-- /conformance -->"

Note = Callable[[str, str], None]
"""Writes a fact of a test into the report and the JUnit file."""

_MARK: Final = "suite/test_"
_OUTCOMES: Final = ("passed", "failed", "error", "skipped")
_BAD: Final = ("failed", "error")


@dataclass(frozen=True, slots=True)
class Results:
    """Outcomes of a run.

    Attributes:
        areas: How often each outcome came, by area.
        reasons: How often each reason of a skip came.
        fields: The fields of a spec, by what became of them.
        calls: What each look costs, as sentences.
    """

    areas: dict[str, Counter[str]] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    fields: dict[str, list[str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def total(self, outcome: str) -> int:
        """Count an outcome over all areas."""
        return sum(count[outcome] for count in self.areas.values())

    def lines(self) -> Iterator[tuple[str, bool]]:
        """Yield the table for a terminal line by line, each with whether it tells of something broken."""
        width = max(map(len, self.areas))
        yield f"{'area':{width}}  " + "  ".join(f"{outcome:>7}" for outcome in _OUTCOMES), False
        for area, count in sorted(self.areas.items()):
            row = "  ".join(f"{count[outcome]:>7}" for outcome in _OUTCOMES)
            yield f"{area:{width}}  {row}", any(count[outcome] for outcome in _BAD)
        for reason, times in sorted(self.reasons.items()):
            yield f"skipped {times}: {reason}", False
        for outcome, paths in sorted(self.fields.items()):
            names = f": {', '.join(sorted(paths))}" if "refused" in outcome else ""
            yield f"fields {outcome}: {len(paths)}{names}", False
        for sentence in self.calls:
            yield f"hypervisor calls {sentence}", False

    def markdown(self) -> Iterator[str]:
        """Yield the table for a README line by line."""
        broken = sum(self.total(outcome) for outcome in _BAD)
        verdict = f"❌ {broken} broken" if broken else "✅ every promise kept"
        sdk = version("virtrigaud-provider-sdk")
        counts = ", ".join(f"{self.total(outcome)} {outcome}" for outcome in _OUTCOMES if self.total(outcome))
        yield f"**Conformance: {verdict}** ({counts}; suite {sdk})"
        yield ""
        yield f"| area | | {' | '.join(_OUTCOMES)} |"
        yield f"|---|---|{'---|' * len(_OUTCOMES)}"
        for area, count in sorted(self.areas.items()):
            yield f"| {area} | {_badge(count)} | {' | '.join(str(count[outcome]) for outcome in _OUTCOMES)} |"
        yield ""
        yield from (f"- skipped {times}: {reason}" for reason, times in sorted(self.reasons.items()))
        for outcome, paths in sorted(self.fields.items()):
            yield f"- fields {outcome}: {', '.join(f'`{path}`' for path in sorted(paths))}"
        yield from (f"- hypervisor calls {sentence}" for sentence in self.calls)


def results_of(stats: Mapping[str, Sequence[Any]]) -> Results:
    """Sort pytest's reports; those of other tests are left out.

    Args:
        stats: Reports by outcome, as the terminal reporter has them.
    """
    results = Results()
    for outcome in _OUTCOMES:
        for report in stats.get(outcome, ()):
            _, found, rest = report.nodeid.replace("\\", "/").partition(_MARK)
            if found:
                _add(results, rest.partition(".py")[0].replace("_", " "), outcome, report)
    return results


def _add(results: Results, area: str, outcome: str, report: Any) -> None:  # noqa: ANN401 - pytest's reports share no class
    results.areas.setdefault(area, Counter())[outcome] += 1
    if outcome == "skipped" and isinstance(report.longrepr, tuple):
        results.reasons[report.longrepr[2].removeprefix("Skipped: ")] += 1
    for name, value in report.user_properties if outcome == "passed" else ():
        if name == "field":
            path, _, became = str(value).partition(": ")
            results.fields.setdefault(became, []).append(path)
        elif name == "calls":
            results.calls.append(str(value))


def _badge(count: Counter[str]) -> str:
    if any(count[outcome] for outcome in _BAD):
        return "❌"
    return "✅" if count["passed"] else "➖"  # noqa: RUF001 - as wide as the other signs


@dataclass(frozen=True, slots=True)
class MarkdownReport:
    """The file that `--provider-report` names: the table alone, or a document with a place for it."""

    path: Path
    before: str = ""
    after: str = ""

    @classmethod
    def at(cls, path: Path) -> MarkdownReport:
        """Find the place of the table.

        Raises:
            pytest.UsageError: The file can't be read, or holds something else.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            text = ""
        except (OSError, ValueError) as error:
            raise pytest.UsageError(f"--provider-report {path} can't be renewed: {error}") from error
        before, begin, rest = text.partition(BEGIN)
        _, end, after = rest.partition(END)
        if not text.strip():
            return cls(path, after="\n")
        if not begin or not end:
            raise pytest.UsageError(
                f"--provider-report {path} exists and has no place for the table: put the lines '{BEGIN}' and "
                f"'{END}' where it belongs, or name another file"
            )
        return cls(path, before, after)

    def write(self, results: Results) -> None:
        """Write the table into its place."""
        table = "\n".join(results.markdown())
        self.path.write_text(f"{self.before}{BEGIN}\n{table}\n{END}{self.after}", encoding="utf-8")

"""The pytest plugin of the conformance suite: its options, and the table at the end.

It is registered with every pytest where the SDK is installed, so it imports next to nothing and does
nothing until a provider is named on the command line.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

SUITE: Final = Path(__file__).parent / "suite"
_MARK: Final = "suite/test_"
_OUTCOMES: Final = ("passed", "failed", "error", "skipped")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the suite."""
    group = parser.getgroup("virtrigaud", "conformance of a VirtRigaud provider")

    def option(name: str, description: str, *, default: str | None = None) -> None:
        group.addoption(f"--provider-{name}", default=default, help=description, metavar="VALUE")

    option("address", "HOST:PORT where the provider serves")
    option("tls", "directory with tls.crt, tls.key and ca.crt; without it the connection is in plaintext")
    option("server-name", "DNS name in the provider's certificate; default: the host")
    option("object", "MODULE:CALLABLE that makes the provider, instead of an address")
    option("image", "[template:|path:|url:]NAME of an image that boots", default="template:conformance")
    option("image-format", "format of the image")
    option("image-pool", "pool of the image")
    option("network", "network of the NICs")
    option("bridge", "bridge of the NICs, instead of a network")
    option("cpus", "CPUs of a machine", default="1")
    option("memory", "MiB of a machine", default="256")
    option("root-gib", "GiB of a root disk; default: as the image")
    option("staging", "staging place that the provider can write", default="pvc://conformance")
    option("task-seconds", "longest time that a task may take", default="120")
    option("boot-seconds", "longest time from power on to an address; 0: guests take none", default="180")
    option("grace-seconds", "grace period of a shutdown", default="2")
    option("report", "file to write a Markdown table of the results to")


def pytest_configure(config: pytest.Config) -> None:
    """Bring the fixtures, once a provider is named."""
    if _is_named(config):
        pytest.register_assert_rewrite("virtrigaud_provider_sdk.conformance.suite")
        config.pluginmanager.import_plugin("virtrigaud_provider_sdk.conformance.fixtures")
    elif any("virtrigaud_provider_sdk.conformance" in argument for argument in config.invocation_params.args):
        raise pytest.UsageError("name the provider: --provider-address HOST:PORT or --provider-object MODULE:CALLABLE")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the suite out where no provider is named, as in the tests of the SDK itself."""
    return True if SUITE in collection_path.parents and not _is_named(config) else None


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Print the table, and write it where `--provider-report` says."""
    if not _is_named(config):
        return
    counts, reasons, fields = _results(terminalreporter)
    if not counts:
        return
    terminalreporter.section("conformance")
    width = max(map(len, counts))
    terminalreporter.write_line(f"{'area':{width}}  " + "  ".join(f"{outcome:>7}" for outcome in _OUTCOMES))
    for area, count in sorted(counts.items()):
        row = "  ".join(f"{count[outcome]:>7}" for outcome in _OUTCOMES)
        terminalreporter.write_line(f"{area:{width}}  {row}", red=bool(count["failed"] or count["error"]))
    for reason, times in sorted(reasons.items()):
        terminalreporter.write_line(f"skipped {times}: {reason}")
    for outcome, paths in sorted(fields.items()):
        names = f": {', '.join(sorted(paths))}" if "refused" in outcome else ""
        terminalreporter.write_line(f"fields {outcome}: {len(paths)}{names}")
    if report := config.getoption("--provider-report"):
        Path(report).write_text(_markdown(counts, reasons, fields), encoding="utf-8")


Results = tuple[dict[str, Counter[str]], Counter[str], dict[str, list[str]]]


def _results(reporter: TerminalReporter) -> Results:
    """Count outcomes by area, reasons of skips, and what became of the fields."""
    counts: dict[str, Counter[str]] = {}
    reasons: Counter[str] = Counter()
    fields: dict[str, list[str]] = {}
    for outcome in _OUTCOMES:
        for report in reporter.stats.get(outcome, ()):
            _, found, rest = report.nodeid.replace("\\", "/").partition(_MARK)
            if not found:
                continue
            counts.setdefault(rest.partition(".py")[0].replace("_", " "), Counter())[outcome] += 1
            if outcome == "skipped" and isinstance(report.longrepr, tuple):
                reasons[report.longrepr[2].removeprefix("Skipped: ")] += 1
            for name, value in report.user_properties:
                if name == "field" and outcome == "passed":
                    path, _, became = str(value).partition(": ")
                    fields.setdefault(became, []).append(path)
    return counts, reasons, fields


def _markdown(counts: dict[str, Counter[str]], reasons: Counter[str], fields: dict[str, list[str]]) -> str:
    lines = [f"| area | {' | '.join(_OUTCOMES)} |", f"|---|{'---|' * len(_OUTCOMES)}"]
    for area, count in sorted(counts.items()):
        lines.append(f"| {area} | {' | '.join(str(count[outcome]) for outcome in _OUTCOMES)} |")
    lines += ["", *(f"- skipped {times}: {reason}" for reason, times in sorted(reasons.items()))]
    for outcome, paths in sorted(fields.items()):
        lines.append(f"- fields {outcome}: {', '.join(f'`{path}`' for path in sorted(paths))}")
    return "\n".join(lines) + "\n"


def _is_named(config: pytest.Config) -> bool:
    return bool(config.getoption("--provider-address") or config.getoption("--provider-object"))

"""The pytest plugin of the conformance suite: its options, and the table at the end.

It is registered with every pytest where the SDK is installed, so it does nothing until a provider is named
on the command line.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from virtrigaud_provider_sdk.conformance.options import HOW_TO_NAME_IT, add_options, check_options, is_named
from virtrigaud_provider_sdk.conformance.report import MarkdownReport, results_of

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

SUITE: Final = Path(__file__).parent / "suite"
_PACKAGE: Final = "virtrigaud_provider_sdk.conformance"
_REPORT: Final = pytest.StashKey[MarkdownReport]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the suite."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Bring the fixtures, once a provider is named."""
    if is_named(config):
        check_options(config)
        if path := config.getoption("--provider-report"):
            config.stash[_REPORT] = MarkdownReport.at(Path(path))
        pytest.register_assert_rewrite(f"{_PACKAGE}.suite")
        config.pluginmanager.import_plugin(f"{_PACKAGE}.fixtures")
    elif any(_PACKAGE in argument for argument in config.invocation_params.args):
        raise pytest.UsageError(HOW_TO_NAME_IT)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the suite out where no provider is named, as in the tests of the SDK itself."""
    return True if SUITE in collection_path.parents and not is_named(config) else None


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Print the table, and write it where `--provider-report` says."""
    if not is_named(config):
        return
    results = results_of(terminalreporter.stats)
    if not results.areas:
        return
    terminalreporter.section("conformance")
    for line, is_bad in results.lines():
        terminalreporter.write_line(line, red=is_bad)
    if (report := config.stash.get(_REPORT, None)) is not None:
        report.write(results)

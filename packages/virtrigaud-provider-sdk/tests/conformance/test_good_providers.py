"""The memory provider keeps every promise: by object, with tasks, without facets, and over mutual TLS."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from virtrigaud_provider_sdk.conformance.report import BEGIN, END

Suite = Callable[..., Any]

ADDRESS = "127.43.2.1"
SERVER_NAME = "provider.test"
SDK = "virtrigaud-provider-sdk"
IMAGE = ("--provider-image-url", "https://images.example/conformance.qcow2")


def test_the_memory_provider_keeps_every_promise_by_object_and_with_tasks(suite: Suite) -> None:
    run = suite("--provider-object", "providers_under_test:memory_with_tasks", *IMAGE)
    assert (run.status, run.failed) == (0, frozenset()), run.output
    assert len(run.passed) > 230


def test_the_memory_provider_keeps_every_promise_where_every_reply_is_lost(suite: Suite) -> None:
    run = suite("--provider-object", "providers_under_test:memory_with_tasks", "--provider-lose-every-reply", *IMAGE)
    assert (run.status, run.failed) == (0, frozenset()), run.output
    assert len(run.passed) > 230


def test_a_provider_that_can_do_things_only_once_fails_where_every_reply_is_lost(suite: Suite) -> None:
    broken = ("--provider-object", "broken_providers:FailsToDeleteTwice", "-k", "test_lifecycle and deleted_machine")
    assert suite(*broken).status == 0
    assert suite(*broken, "--provider-lose-every-reply").failed == {"test_a_deleted_machine_is_gone"}


def test_a_provider_without_facets_is_asked_for_the_port_only(suite: Suite, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    run = suite("--provider-object", "providers_under_test:OnlyThePort", "--provider-report", str(report))
    assert (run.status, run.failed) == (0, frozenset()), run.output
    for facet in ("snapshots", "clones", "images", "disk transfer", "watch"):
        assert f": capability not advertised: {facet}\n" in run.output
    assert "| power | ✅ | 13 | 0 | 0 | 5 |\n" in report.read_text()
    assert "| watch | ➖ | 0 | 0 | 0 | 6 |\n" in report.read_text()  # noqa: RUF001 - the sign of the table


def test_without_a_provider_the_suite_says_how_to_name_one(suite: Suite) -> None:
    run = suite()
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert "name the provider: --provider-address HOST:PORT or --provider-object MODULE:CALLABLE" in run.output


@pytest.fixture
def served(tmp_path: Path, certificates: Path) -> Iterator[tuple[str, str]]:
    """Serve the memory provider in a process of its own, with mutual TLS; yield its address and its metrics."""
    shutil.copytree(certificates, tmp_path / "etc/virtrigaud/tls")
    port, health_port = _free_port(), _free_port()
    flags = ["--bind-address", ADDRESS, "--port", port, "--health-port", health_port, "--mount-root", tmp_path]
    world = ["--images", "conformance", "--networks", "", "--state", tmp_path / "state", "--log-level", "error"]
    process = subprocess.Popen([sys.executable, "-m", "virtrigaud_provider_memory", *map(str, [*flags, *world])])
    _await_listener(port, process)
    yield f"{ADDRESS}:{port}", f"http://{ADDRESS}:{health_port}/metrics"
    process.terminate()
    assert process.wait(timeout=30) == 0


def test_the_memory_provider_keeps_every_promise_over_mutual_tls(
    suite: Suite, served: tuple[str, str], certificates: Path
) -> None:
    address, metrics = served
    tls = ("--provider-tls", str(certificates), "--provider-server-name", SERVER_NAME)
    run = suite("--provider-address", address, *tls, "--provider-metrics", metrics)
    assert (run.status, run.failed) == (0, frozenset()), run.output
    assert len(run.passed) > 230


def test_a_program_is_started_and_served_over_mutual_tls_for_the_run(suite: Suite) -> None:
    program = "virtrigaud-provider-memory --images conformance --networks ''"
    run = suite("--provider-program", program, "-k", "lifecycle or call_counts")
    assert (run.status, run.failed) == (0, frozenset()), run.output
    assert "skipped 1: hypervisor calls can't be counted: virtrigaud_provider_hypervisor_calls_total" in run.output
    assert len(run.passed) == 9


def test_a_program_that_does_not_serve_is_shown_with_what_it_said(suite: Suite) -> None:
    run = suite("--provider-program", "virtrigaud-provider-memory --memory-size nonsense")
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert "the program of --provider-program ended with status 2; it said:" in run.output
    assert "unrecognized arguments: --memory-size" in run.output


def test_hypervisor_calls_are_counted_at_1_50_and_500_machines(suite: Suite) -> None:
    run = suite("--provider-object", "providers_under_test:CountingMemory", "-k", "call_counts")
    assert (run.status, run.failed) == (0, frozenset()), run.output
    for look in ("describe", "list", "validate"):
        assert f"hypervisor calls of {look} at 1, 50, 500 machines: 1, 1, 1\n" in run.output


def test_the_table_is_renewed_in_its_place_of_a_readme(suite: Suite, tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"# My provider\n\n{BEGIN}\nold\n{END}\n\nThe end.\n")
    arguments = (
        "--provider-object",
        "providers_under_test:memory",
        "-k",
        "test_list",
        "--provider-report",
        str(readme),
    )
    assert suite(*arguments).status == 0
    first = readme.read_text()
    assert suite(*arguments).status == 0
    assert readme.read_text() == first
    assert first == (
        f"# My provider\n\n{BEGIN}\n**Conformance: ✅ every promise kept** (3 passed; suite {version(SDK)})\n\n"
        "| area | | passed | failed | error | skipped |\n|---|---|---|---|---|---|\n| list | ✅ | 3 | 0 | 0 | 0 |\n\n"
        f"{END}\n\nThe end.\n"
    )


def test_a_document_without_a_place_for_the_table_is_not_overwritten(suite: Suite, tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("# My provider\n")
    run = suite("--provider-object", "providers_under_test:memory", "--provider-report", str(readme))
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert "exists and has no place for the table: put the lines" in run.output
    assert readme.read_text() == "# My provider\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--provider-address", "localhost:1"), "--provider-address and --provider-object name two providers"),
        (("--provider-metrics", "localhost:1"), "--provider-metrics is localhost:1; it must be an http or https URL"),
        (("--provider-counts", "1"), "--provider-counts is 1; it must be at least two numbers, such as 1,50,500"),
        (("--provider-counts", "some"), "--provider-counts is some; it must be at least two numbers"),
    ],
    ids=["two-providers", "no-url", "one-count", "no-counts"],
)
def test_options_that_cannot_be_are_refused_with_a_sentence(
    suite: Suite, arguments: tuple[str, ...], said: str
) -> None:
    run = suite("--provider-object", "providers_under_test:memory", *arguments)
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert said in run.output


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])


def _await_listener(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as client:
            if client.connect_ex((ADDRESS, port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"the provider does not listen on {ADDRESS}:{port}; its status is {process.poll()}")

"""The memory provider keeps every promise: by object, with tasks, without facets, and over mutual TLS."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Suite = Callable[..., Any]

ADDRESS = "127.43.2.1"
SERVER_NAME = "provider.test"


def test_the_memory_provider_keeps_every_promise_by_object_and_with_tasks(suite: Suite) -> None:
    run = suite("--provider-object", "providers_under_test:memory_with_tasks")
    assert (run.status, run.failed) == (0, frozenset()), run.output
    assert len(run.passed) > 190


def test_a_provider_without_facets_is_asked_for_the_port_only(suite: Suite, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    run = suite("--provider-object", "providers_under_test:OnlyThePort", "--provider-report", str(report))
    assert (run.status, run.failed) == (0, frozenset()), run.output
    for facet in ("snapshots", "clones", "images", "disk transfer", "watch"):
        assert f": capability not advertised: {facet}\n" in run.output
    assert "| power | 12 | 0 | 0 | 0 |\n" in report.read_text()


def test_without_a_provider_the_suite_says_how_to_name_one(suite: Suite) -> None:
    run = suite()
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert "name the provider: --provider-address HOST:PORT or --provider-object MODULE:CALLABLE" in run.output


@pytest.fixture
def served(tmp_path: Path, certificates: Path) -> Iterator[str]:
    """Serve the memory provider in a process of its own, with mutual TLS."""
    shutil.copytree(certificates, tmp_path / "etc/virtrigaud/tls")
    port = _free_port()
    arguments = ["--bind-address", ADDRESS, "--port", str(port), "--health-port", "0", "--mount-root", str(tmp_path)]
    world = ["--images", "conformance", "--networks", "", "--state", str(tmp_path / "state"), "--log-level", "error"]
    process = subprocess.Popen([sys.executable, "-m", "virtrigaud_provider_memory", *arguments, *world])
    _await_listener(port, process)
    yield f"{ADDRESS}:{port}"
    process.terminate()
    assert process.wait(timeout=30) == 0


def test_the_memory_provider_keeps_every_promise_over_mutual_tls(suite: Suite, served: str, certificates: Path) -> None:
    name = ("--provider-server-name", SERVER_NAME)
    run = suite("--provider-address", served, "--provider-tls", str(certificates), *name)
    assert (run.status, run.failed) == (0, frozenset()), run.output
    assert len(run.passed) > 190


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

"""The options of the suite, and what they mean together.

`plugin` adds them to pytest; `fixtures` reads what they say.
"""

from __future__ import annotations

from typing import Final

import pytest

WAYS: Final = ("--provider-address", "--provider-program", "--provider-object")
"""The ways to name the provider under test."""

HOW_TO_NAME_IT: Final = (
    "name the provider: --provider-address HOST:PORT or --provider-object MODULE:CALLABLE or --provider-program PROGRAM"
)


def add_options(parser: pytest.Parser) -> None:
    """Add the options of the suite."""
    group = parser.getgroup("virtrigaud", "conformance of a VirtRigaud provider")

    def option(name: str, description: str, *, default: str | None = None) -> None:
        group.addoption(f"--provider-{name}", default=default, help=description, metavar="VALUE")

    option("address", "HOST:PORT where the provider serves")
    option("tls", "directory with tls.crt, tls.key and ca.crt; without it the connection is in plaintext")
    option("server-name", "DNS name in the provider's certificate; default: the host")
    option("metrics", "URL of the provider's /metrics, where its hypervisor calls are counted")
    option("program", "the provider's program and its flags, to start and serve over mutual TLS, instead of an address")
    option("object", "MODULE:CALLABLE that makes the provider, instead of an address")
    option("image", "[template:|path:|url:]NAME of an image that boots", default="template:conformance")
    option("image-format", "format of the image")
    option("image-pool", "pool of the image")
    option("image-url", "URL of an image that boots, for providers that fetch images")
    option("network", "network of the NICs")
    option("bridge", "bridge of the NICs, instead of a network")
    option("cpus", "CPUs of a machine", default="1")
    option("memory", "MiB of a machine", default="256")
    option("root-gib", "GiB of a root disk; default: as the image")
    option("staging", "staging place that the provider can write", default="pvc://conformance")
    option("counts", "numbers of machines at which hypervisor calls are counted", default="1,50,500")
    option("task-seconds", "longest time that a task may take", default="120")
    option("boot-seconds", "longest time from power on to an address; 0: guests take none", default="180")
    option("grace-seconds", "grace period of a shutdown", default="2")
    group.addoption(
        "--provider-lose-every-reply",
        action="store_true",
        help="run the suite over a wire that loses the first reply to each call, which is then made again",
    )
    option("report", "file to write a Markdown table of the results to, or to renew it in")


def is_named(config: pytest.Config) -> bool:
    """Say whether a provider is under test."""
    return any(config.getoption(way) for way in WAYS)


def check_options(config: pytest.Config) -> None:
    """Refuse options that contradict each other.

    Raises:
        pytest.UsageError: With what to do instead.
    """
    ways = [way for way in WAYS if config.getoption(way)]
    if len(ways) > 1:
        raise pytest.UsageError(f"{' and '.join(ways)} name two providers; give one of them")
    metrics = config.getoption("--provider-metrics")
    if metrics is not None and not metrics.startswith(("http://", "https://")):
        raise pytest.UsageError(f"--provider-metrics is {metrics}; it must be an http or https URL")
    counts(config)


def counts(config: pytest.Config) -> tuple[int, ...]:
    """Return the numbers of machines at which hypervisor calls are counted, ascending.

    Raises:
        pytest.UsageError: They are no numbers, or fewer than two.
    """
    text = str(config.getoption("--provider-counts"))
    try:
        numbers = sorted({int(number) for number in text.split(",")})
    except ValueError:
        numbers = []
    if len(numbers) < 2 or numbers[0] < 1:
        raise pytest.UsageError(f"--provider-counts is {text}; it must be at least two numbers, such as 1,50,500")
    return tuple(numbers)

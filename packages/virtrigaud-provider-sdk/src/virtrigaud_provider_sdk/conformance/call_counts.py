"""How often the provider asks its hypervisor, as its own metric says.

The provider counts native calls at its session boundary (`NativeFaults.during`); this reads the counter,
over HTTP where the provider is a process, and in this process where it is an object.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final
from urllib.request import Request, urlopen

from prometheus_client import REGISTRY, Metric
from prometheus_client.parser import text_string_to_metric_families

from virtrigaud_provider_sdk.metrics import HYPERVISOR_CALLS

CallCount = Callable[[], Awaitable[int | None]]
"""Tells the number of hypervisor calls so far; None where the provider counts none."""

_ANSWER_SECONDS: Final = 10


async def of_this_process() -> int | None:
    """Count the calls that providers of this process made."""
    return _sum(REGISTRY.collect())


def of_metrics_at(url: str) -> CallCount:
    """Count the calls of the provider whose metrics are at an HTTP URL."""

    async def counted() -> int | None:
        text = await asyncio.to_thread(_read, url)
        return _sum(text_string_to_metric_families(text))

    return counted


def _read(url: str) -> str:
    request = Request(url, headers={"Accept": "text/plain"})  # noqa: S310 - `plugin` lets http and https through only
    with urlopen(request, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310
        return str(answer.read().decode())


def _sum(families: Iterable[Metric]) -> int | None:
    (name,) = {family.name for family in HYPERVISOR_CALLS.collect()}
    counts = [
        sample.value
        for family in families
        if family.name == name
        for sample in family.samples
        if sample.name == f"{name}_total"
    ]
    return int(sum(counts)) if counts else None

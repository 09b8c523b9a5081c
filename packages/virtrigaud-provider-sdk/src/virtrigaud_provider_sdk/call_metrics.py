"""The metrics of calls: plain numbers that the event loop changes, and that Prometheus reads at a scrape.

A call is counted in several of them, and counters with a lock each cost more than the rest of what is done
around a call. `interceptors` writes; the names are part of the contract, like those in `metrics`.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import accumulate

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

_BOUNDS = tuple(0.001 * 2**power for power in range(15))
_BOUND_NAMES = (*map(floatToGoString, _BOUNDS), "+Inf")
_LABELS = ("provider_type", "method")


class CallMeter:
    """What is counted of one verb. Belongs to the thread of the event loop; others may read.

    Attributes:
        inflight: Calls that run now.
        waiting: Calls that wait for a free place of their verb.
    """

    __slots__ = ("_buckets", "_codes", "_seconds", "inflight", "waiting")

    def __init__(self) -> None:
        self.inflight = 0
        self.waiting = 0
        self._codes: dict[str, int] = {}
        self._buckets = [0] * len(_BOUND_NAMES)
        self._seconds = 0.0

    def ended(self, code: str, seconds: float | None) -> None:
        """Count a finished call and how long it took; None for a stream, whose length says nothing."""
        self._codes[code] = self._codes.get(code, 0) + 1
        if seconds is not None:
            self._buckets[bisect_left(_BOUNDS, seconds)] += 1
            self._seconds += seconds

    def by_code(self) -> Iterator[tuple[str, int]]:
        """Return how many calls ended with each code."""
        return iter(tuple(self._codes.items()))

    def durations(self) -> tuple[list[tuple[str, float]], float]:
        """Return how many calls took at most as long as each bound, and the sum of all durations."""
        return list(zip(_BOUND_NAMES, accumulate(self._buckets), strict=True)), self._seconds


class CallMetrics(Collector):
    """The meters of all verbs of this process."""

    def __init__(self) -> None:
        self._meters: dict[tuple[str, str], CallMeter] = {}

    def meter(self, provider_type: str, verb: str) -> CallMeter:
        """Return the meter of a verb, the same one at every call."""
        return self._meters.setdefault((provider_type, verb), CallMeter())

    def collect(self) -> Iterable[CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily]:
        """Tell Prometheus what is counted."""
        ended = CounterMetricFamily("virtrigaud_provider_rpc_requests", "Finished calls", labels=(*_LABELS, "code"))
        latency = HistogramMetricFamily("virtrigaud_provider_rpc_latency_seconds", "Duration of calls", labels=_LABELS)
        inflight = GaugeMetricFamily("virtrigaud_provider_rpc_inflight", "Calls that run now", labels=_LABELS)
        waiting = GaugeMetricFamily(
            "virtrigaud_provider_rpc_waiting", "Calls that wait for a free place of their verb", labels=_LABELS
        )
        for labels, meter in tuple(self._meters.items()):
            for code, count in meter.by_code():
                ended.add_metric((*labels, code), count)
            buckets, seconds = meter.durations()
            latency.add_metric(labels, buckets, seconds)
            inflight.add_metric(labels, meter.inflight)
            waiting.add_metric(labels, meter.waiting)
        return ended, latency, inflight, waiting


CALLS = CallMetrics()
"""The metrics of the calls of this process, in the default registry."""

REGISTRY.register(CALLS)

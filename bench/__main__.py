"""Run benchmarks, print the table and put their figures into `bench/results/latest.jsonl`."""

import argparse
from collections.abc import Callable, Mapping

from bench import api_server, create_to_ready, failover, provider_calls, scale
from bench.local_system import local_system
from bench.results import Result, table, write


def main() -> None:
    """Measure and report. A missed bar is printed, not an error: the figures are the result."""
    options = _options()
    benches: Mapping[str, Callable[[], list[Result]]] = {
        provider_calls.BENCH: provider_calls.measure,
        api_server.BENCH: api_server.measure,
        create_to_ready.BENCH: _create_to_ready,
        failover.BENCH: failover.measure,
        scale.BENCH: lambda: scale.measure(options.machines),
    }
    results = [result for name in options.bench or benches for result in benches[name]()]
    write(results)
    print(table(results))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    names = (provider_calls.BENCH, api_server.BENCH, create_to_ready.BENCH, failover.BENCH, scale.BENCH)
    parser.add_argument("bench", nargs="*", help=f"which ones: {', '.join(names)}; all when none is named")
    parser.add_argument(
        "--machines", type=int, default=scale.QUICK_MACHINES, help="how many machines the benchmark of scale has"
    )
    return parser.parse_args()


def _create_to_ready() -> list[Result]:
    with local_system() as system:
        return create_to_ready.measure(system)


if __name__ == "__main__":
    main()

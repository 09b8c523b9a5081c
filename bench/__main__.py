"""Run every benchmark, print the table and replace `bench/results/latest.jsonl`."""

from bench import api_server, create_to_ready, provider_calls
from bench.local_system import local_system
from bench.results import table, write


def main() -> None:
    """Measure and report. A missed bar is printed, not an error: the figures are the result."""
    results = provider_calls.measure()
    results += api_server.measure()
    with local_system() as system:
        results += create_to_ready.measure(system)
    write(results)
    print(table(results))


if __name__ == "__main__":
    main()

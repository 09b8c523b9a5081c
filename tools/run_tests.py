"""Run the tests of all packages and of the whole system, in two passes.

The first pass runs in parallel what shares nothing. The second runs, one after the other, what needs the
machine for itself: the system tests and the real hypervisor. Arguments go to pytest; a path among them
replaces both passes by one. The passes' results are added up at the end, with every skip and its reason.
"""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HYPERVISOR = "packages/provider-libvirt/tests"
SYSTEM = "tests"
OUTCOMES = re.compile(r"(\d+) (passed|failed|errors?|skipped)")
NO_TESTS_COLLECTED = 5


def passes(arguments: list[str]) -> list[list[str]]:
    """Return the arguments of each pytest run."""
    if any(not argument.startswith("-") for argument in arguments):
        return [arguments]
    together = ["-n", "2", "--dist", "loadfile", "packages", f"--ignore={HYPERVISOR}"]
    return [[*together, *arguments], [SYSTEM, HYPERVISOR, *arguments]]


def run(arguments: list[str]) -> tuple[int, Counter[str], list[str]]:
    """Run pytest once; return its status, its counts and its lines about skips."""
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", *arguments]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    counts: Counter[str] = Counter()
    skips: list[str] = []
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            if line.startswith("SKIPPED"):
                skips.append(line.strip())
            if re.search(r" in [\d.]+s", line):
                counts.update({outcome.rstrip("s"): int(number) for number, outcome in OUTCOMES.findall(line)})
    return process.returncode, counts, skips


def main() -> int:
    """Run every pass, then print the sum."""
    total: Counter[str] = Counter()
    skipped: list[str] = []
    worst = 0
    for arguments in passes(sys.argv[1:]):
        code, counts, skips = run(arguments)
        total.update(counts)
        skipped.extend(skips)
        worst = worst or (0 if code == NO_TESTS_COLLECTED and total["passed"] else code)
    if skipped:
        print("\nSkipped, and why:", *skipped, sep="\n  ")
    failed = total["failed"] + total["error"]
    print(f"\n{total['passed']} passed, {failed} failed, {total['skipped']} skipped")
    return worst


if __name__ == "__main__":
    sys.exit(main())

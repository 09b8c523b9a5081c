"""Print what mypy checks: every package's sources, the tools, the benchmarks and the system tests.

A program that is a folder (`tools/<name>/__main__.py`) is checked by its package: two modules named
`__main__` can't be checked in one run.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def typed_sources() -> list[str]:
    """Return the paths, relative to the root."""
    patterns = ("packages/*/src", "tools/*.py", "tools/*/*/", "bench", "tests")
    found = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    return [str(path.relative_to(ROOT)) for path in found if path.is_file() or any(path.glob("**/*.py"))]


if __name__ == "__main__":
    print(*typed_sources())

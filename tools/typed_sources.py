"""Print the folders that mypy checks: every package's sources, the tools, the benchmarks and the end-to-end tests."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def typed_sources() -> list[str]:
    """Return the folders, relative to the root; without libvirt its provider can't be checked."""
    sources = sorted(ROOT.glob("packages/*/src"))
    extra = [ROOT / name for name in ("tools", "bench", "tests")]
    return [str(path.relative_to(ROOT)) for path in [*sources, *extra] if any(path.rglob("*.py"))]


if __name__ == "__main__":
    print(*typed_sources())

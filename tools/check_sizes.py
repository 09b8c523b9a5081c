"""Check that files and functions stay small, and that no file is named after nothing.

The limits are the house's: a stranger reads a file in one go and holds a function in the head.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE_LINES = 400
FUNCTION_LINES = 45
TEST_FILE_LINES = 600
FORBIDDEN_NAMES = frozenset(
    [
        "utils",
        "helpers",
        "common",
        "misc",
        "base",
        "core",
        "types",
        "constants",
        "impl",
        "handlers",
        "service",
        "services",
        "new",
        "old",
        "v2",
    ]
)
SKIPPED_PARTS = frozenset({"generated", ".venv", ".tools", ".local", "node_modules"})


def python_files() -> Iterator[Path]:
    """Yield the repository's own Python files."""
    for top in ("packages", "tools", "bench", "tests"):
        for path in sorted((ROOT / top).rglob("*.py")):
            if not SKIPPED_PARTS.intersection(path.relative_to(ROOT).parts):
                yield path


def findings(path: Path) -> Iterator[str]:
    """Yield what is wrong with one file."""
    name = path.relative_to(ROOT)
    text = path.read_text()
    lines = text.count("\n")
    limit = TEST_FILE_LINES if "tests" in name.parts else FILE_LINES
    if lines > limit:
        yield f"{name}: {lines} lines, at most {limit}"
    for part in FORBIDDEN_NAMES.intersection([path.stem, *name.parts[:-1]]):
        yield f"{name}: the name '{part}' says nothing"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{name}:{node.lineno}: {node.name} has {length} lines, at most {FUNCTION_LINES}"


def main() -> int:
    """Check every file and report all findings at once."""
    files = list(python_files())
    found = [finding for path in files for finding in findings(path)]
    print("\n".join(found) if found else f"sizes: {len(files)} files within the limits")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

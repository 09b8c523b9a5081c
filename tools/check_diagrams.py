"""Check that every Mermaid diagram of the documentation renders."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import mermaidx

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^```mermaid\n(.*?)^```", re.MULTILINE | re.DOTALL)


def diagrams() -> Iterator[tuple[str, str]]:
    """Yield each diagram with the file and line where it stands."""
    for path in [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md")), *sorted(ROOT.glob("packages/*/*.md"))]:
        text = path.read_text()
        for match in FENCE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{path.relative_to(ROOT)}:{line}", match.group(1)


def main() -> int:
    """Render every diagram and report all that fail."""
    count = failed = 0
    for place, source in diagrams():
        count += 1
        try:
            mermaidx.render(source).svg()
        except RuntimeError as error:
            failed += 1
            print(f"{place}: {error}")
    if not failed:
        print(f"diagrams: all {count} render")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Check that every change fragment says what changed, why, and what it means for who runs it.

A fragment is a file `changes/<slug>.md` of a package. A release collects them under its version in the
package's CHANGELOG.md and removes them.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMPACTS = ("breaking", "needs rollout", "config only", "docs only")
FRAGMENT = re.compile(
    r"\*\*Changed\*\*: .+?\n\n\*\*Why\*\*: .+?\n\n\*\*Impact\*\*: (?P<impact>[a-z ]+)(\. .+)?\n", re.DOTALL
)


def findings() -> Iterator[str]:
    """Yield each package without a changelog and each fragment that is not complete."""
    for package in sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml")):
        name = package.relative_to(ROOT)
        if not (package / "CHANGELOG.md").exists():
            yield f"{name}: no CHANGELOG.md"
        for path in sorted((package / "changes").glob("*.md")):
            match = FRAGMENT.fullmatch(path.read_text())
            if match is None:
                yield f"{path.relative_to(ROOT)}: wants the paragraphs **Changed**: **Why**: **Impact**:"
            elif match["impact"] not in IMPACTS:
                yield f"{path.relative_to(ROOT)}: impact '{match['impact']}' is none of {', '.join(IMPACTS)}"


def main() -> int:
    """Report all findings at once."""
    found = list(findings())
    print("\n".join(found) if found else "changes: every fragment is complete")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

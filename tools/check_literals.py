"""Check that names which form the contract stand once, as constants.

A label, an environment variable, a metric, a mount path or the name of a file in a Secret that is spelled
out in two modules can drift apart; it belongs into one module that the other imports. Packages that may
not import each other (see the import rules) are compared each by itself.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONTRACT_NAME = re.compile(
    r"""^(
        [a-z0-9.-]*virtrigaud\.io(/[A-Za-z0-9._-]+)?    # groups, labels, annotations, finalizers
      | virtrigaud_[a-z0-9_]{4,}                        # metrics
      | (VIRTRIGAUD|PROVIDER|TLS|LIBVIRT|LOG)_[A-Z0-9_]+  # environment variables
      | /etc/virtrigaud(/[a-z-]+)*                      # mount paths
      | (tls|ca)\.(crt|key)                             # keys of a TLS Secret
      | app\.kubernetes\.io/[a-z-]+                     # recommended labels
    )$""",
    re.VERBOSE,
)
PROSE = re.compile(r"^virtrigaud_(api|manager|cli|localkube|provider_[a-z]+)$")


def modules() -> Iterator[tuple[str, Path]]:
    """Yield every source module with the name of its package."""
    for package in sorted((ROOT / "packages").iterdir()):
        for path in sorted((package / "src").rglob("*.py")):
            if "generated" not in path.parts:
                yield package.name, path


def contract_names(path: Path) -> set[str]:
    """Return the contract's names that one module spells out."""
    tree = ast.parse(path.read_text())
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CONTRACT_NAME.match(node.value)
        and not PROSE.match(node.value)
    }


def main() -> int:
    """Report each name that two modules of one package spell out."""
    places: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for package, path in modules():
        for name in contract_names(path):
            places[package, name].append(str(path.relative_to(ROOT)))
    repeated = {key: where for key, where in sorted(places.items()) if len(where) > 1}
    for (_, name), where in repeated.items():
        print(f"'{name}' is spelled out in {', '.join(where)}: keep one constant and import it")
    if not repeated:
        print(f"literals: {len(places)} names of the contract, each in one module of its package")
    return 1 if repeated else 0


if __name__ == "__main__":
    sys.exit(main())

"""Run deptry on each package: what it imports is what it declares, and nothing more."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Check every package and report all findings at once."""
    failed = []
    for package in sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml")):
        command = [sys.executable, "-m", "deptry", "--no-ansi", "--extend-exclude", "tests", "src"]
        found = subprocess.run(command, cwd=package, capture_output=True, text=True, check=False)
        if found.returncode != 0:
            failed.append(package.name)
            print(f"{package.name}:\n{found.stdout}{found.stderr}", end="", file=sys.stderr)
    if not failed:
        print("dependencies: every package declares what it imports")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

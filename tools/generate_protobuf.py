"""Generate the protobuf and gRPC modules of virtrigaud-api from `proto/`.

`--check` writes nothing and exits with 1 when the committed modules differ from what would be written.
"""

import argparse
import filecmp
import re
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
SOURCE = Path("provider/v1/provider.proto")
TARGET = ROOT / "packages/virtrigaud-api/src/virtrigaud_api/wire/generated"
PACKAGE = "virtrigaud_api.wire.generated"


def generate(target: Path) -> list[Path]:
    """Write the modules into `target`, flat, and return their paths."""
    with tempfile.TemporaryDirectory() as scratch:
        arguments = [
            "protoc",
            f"-I{ROOT / 'proto'}",
            f"-I{files('grpc_tools') / '_proto'}",
            f"--python_out={scratch}",
            f"--pyi_out={scratch}",
            f"--grpc_python_out={scratch}",
            str(SOURCE),
        ]
        if protoc.main(arguments) != 0:
            sys.exit(f"protoc failed on {SOURCE}")
        written = []
        for module in sorted(Path(scratch, SOURCE.parent).iterdir()):
            text = re.sub(
                r"^from provider\.v1 import", f"from {PACKAGE} import", module.read_text(), flags=re.MULTILINE
            )
            path = target / module.name
            path.write_text(text)
            written.append(path)
        return written


def stale() -> list[str]:
    """Return the names of the committed modules that differ from their source."""
    with tempfile.TemporaryDirectory() as scratch:
        fresh = generate(Path(scratch))
        return [path.name for path in fresh if not same(path, TARGET / path.name)]


def same(left: Path, right: Path) -> bool:
    """Tell whether both files exist and have the same bytes."""
    return right.exists() and filecmp.cmp(left, right, shallow=False)


def main() -> None:
    """Generate, or check what was generated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a module is stale")
    if parser.parse_args().check:
        if names := stale():
            sys.exit(f"stale generated modules: {', '.join(names)}; run `make proto`")
        return
    TARGET.mkdir(parents=True, exist_ok=True)
    for path in generate(TARGET):
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()

"""`python -m tools.reference`: write docs/reference, or check that it is up to date."""

import argparse
import difflib
import sys
from collections.abc import Mapping
from pathlib import Path

from virtrigaud_api.v1beta1 import KINDS

from tools.reference.fields_page import fields_page
from tools.reference.honoured import read_honours
from tools.reference.kind_page import kind_page
from tools.reference.markdown import MARK, table
from tools.reference.taxonomy_pages import conditions_page, errors_page

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"
_INDEX = """# Reference

Every field that can be written, generated from the models that read it. `kubectl explain` says the same.

*Honoured by* says who does what a field asks for: the manager, the providers {providers}, or nobody yet. What nobody
does is never ignored: the object is refused with a condition, or the page says that it is only kept. Every provider
means those two; there is none for vSphere and Proxmox VE yet. The source is [honoured.toml](honoured.toml), which tests
compare with the manager and with the providers."""


def pages() -> Mapping[str, str]:
    """Return the text of each file of the reference."""
    honours = read_honours()
    kinds = {f"{kind.names.singular}.md": kind_page(kind, honours) for kind in KINDS}
    rows = (
        (f"[{kind.names.kind}]({kind.names.singular}.md)", " ".join((kind.__doc__ or "").split())) for kind in KINDS
    )
    others = (
        "Beside the kinds: [who does what a field asks for](fields.md); [errors](errors.md); "
        "[conditions, reasons, Events and phases](conditions.md)."
    )
    index = f"{_INDEX.format(providers=' and '.join(honours.providers))}\n\n{table(('kind', 'is'), rows)}\n\n{others}\n"
    made = {
        "README.md": index,
        **kinds,
        "fields.md": fields_page(honours),
        "errors.md": errors_page(),
        "conditions.md": conditions_page(),
    }
    return {name: f"{MARK}\n\n{text}" for name, text in made.items()}


def main() -> int:
    """Write or check the files; return the exit status of the process."""
    parser = argparse.ArgumentParser(prog="python -m tools.reference", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail with a diff when files differ")
    wanted = pages()
    if not parser.parse_args().check:
        for name, text in wanted.items():
            (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"reference: {len(wanted)} pages written")
        return 0
    differences = [line for name, text in wanted.items() for line in _difference(FOLDER / name, text)]
    differences += [f"{path} belongs to no kind\n" for path in FOLDER.glob("*.md") if path.name not in wanted]
    sys.stdout.writelines(differences)
    print(
        "reference: not up to date; run `make reference`"
        if differences
        else f"reference: {len(wanted)} pages up to date"
    )
    return 1 if differences else 0


def _difference(path: Path, text: str) -> list[str]:
    found = path.read_text(encoding="utf-8") if path.exists() else ""
    return list(
        difflib.unified_diff(
            found.splitlines(keepends=True), text.splitlines(keepends=True), str(path), f"{path} (generated)"
        )
    )


if __name__ == "__main__":
    sys.exit(main())

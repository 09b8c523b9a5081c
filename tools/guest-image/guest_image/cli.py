"""The command line of the builder: the image's path on standard output, the rest on standard error."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from guest_image import build
from guest_image.faults import BuildError

_CHECKOUT = Path(__file__).resolve().parents[3]


def main(argv: Sequence[str]) -> int:
    """Run one command and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="guest-image", description="Builds the small bootable guest of tests and demo."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    build_command = commands.add_parser("build", help="build the image, or find it in the cache, and print its path")
    build_command.add_argument("--cache", type=Path, default=_default_cache(), help="default: %(default)s")
    arguments = parser.parse_args(argv)
    try:
        path = build.image(arguments.cache)
    except BuildError as error:
        print(f"guest-image: {error}", file=sys.stderr)
        return 1
    print(path)
    return 0


def _default_cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    return Path(home) / "virtrigaud" if home else _CHECKOUT / ".local" / "cache"

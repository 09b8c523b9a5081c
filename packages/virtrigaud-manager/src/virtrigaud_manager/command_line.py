"""Flags of the manager, made from the fields of its settings; every mistake is named at once, without a traceback."""

import argparse
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from pydantic import ValidationError

from virtrigaud_manager.settings import ENVIRONMENT_PREFIX, ManagerSettings

PROGRAM = "virtrigaud-manager"

_SWITCH: dict[str, Any] = {"nargs": "?", "const": "true"}
"""A flag that may stand without a value."""


def parse(arguments: Sequence[str]) -> ManagerSettings:
    """Read flags and environment.

    Raises:
        SystemExit: After --help and --version, and with status 2 when something is wrong.
    """
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Keeps VirtualMachines as they are described, through remote providers.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {version(PROGRAM)}")
    for name, field in ManagerSettings.model_fields.items():
        default = "" if field.default_factory or field.default in (None, ()) else f"; default {field.default}"
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            dest=name,
            default=argparse.SUPPRESS,
            metavar="VALUE",
            **_SWITCH if field.annotation is bool else {},
            help=f"{field.description} ({ENVIRONMENT_PREFIX}{name.upper()}{default})",
        )
    given = vars(parser.parse_args(arguments))
    try:
        return ManagerSettings(**given)
    except ValidationError as error:
        parser.error("\n".join(f"  {_flag(fault['loc'])}: {fault['msg']}" for fault in error.errors()))


def _flag(location: tuple[int | str, ...]) -> str:
    return f"--{str(location[0]).lower().removeprefix(ENVIRONMENT_PREFIX.lower()).replace('_', '-')}"

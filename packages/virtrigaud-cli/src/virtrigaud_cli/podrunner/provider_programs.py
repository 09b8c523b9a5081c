"""Finds the program of a provider among the installed packages, by entry point group `virtrigaud.providers`.

Called by `pod`. The image of a Deployment means nothing on a laptop; the provider type does.
"""

import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Final

from virtrigaud_cli.podrunner.cluster_view import NotYet

PROVIDER_GROUP: Final = "virtrigaud.providers"
REASON_NOT_INSTALLED: Final = "ProviderNotInstalled"


def provider_program(provider_type: str) -> Path:
    """The console script of the package that provides this type.

    Raises:
        NotYet: no installed package does, or its script is missing; the message says what to install.
    """
    found = [point for point in entry_points(group=PROVIDER_GROUP) if point.name == provider_type]
    if not found:
        installed = ", ".join(sorted(entry_points(group=PROVIDER_GROUP).names)) or "none"
        raise NotYet(
            REASON_NOT_INSTALLED,
            f"no installed package provides the type {provider_type!r} (installed: {installed}); "
            f"install virtrigaud-provider-{provider_type} into the Python environment of vrtg",
        )
    script = Path(sys.executable).parent / _script_name(found[0])
    if not script.is_file():
        raise NotYet(
            REASON_NOT_INSTALLED, f"the program {script} of provider {provider_type!r} is missing; reinstall it"
        )
    return script


def _script_name(point: EntryPoint) -> str:
    declared = point.dist.entry_points.select(group="console_scripts") if point.dist else ()
    for script in declared:
        if script.value == point.value:
            return script.name
    return f"virtrigaud-provider-{point.name}"

"""The pages of errors, of conditions with their reasons and Events, and of phases, each from its module of the API."""

import inspect
from collections.abc import Iterator
from enum import StrEnum
from types import ModuleType
from typing import Final

from virtrigaud_api.contract.errors import TAXONOMY
from virtrigaud_api.v1beta1 import KINDS, condition_types, phases, reasons
from virtrigaud_api.wire.faults import error_to_status

from tools.reference.markdown import cell, table

_ERRORS: Final = """# Errors

Every error that a provider answers with, sorted by what the manager does about it. The message says what failed, on
what, and what the hypervisor said; it becomes the message of the condition `Ready`."""

_CONDITIONS: Final = """# Conditions, reasons, Events and phases

What programs can rely on in a status. The message of a condition is for people and may change; types, reasons and
phases do not. Kinds that the manager does not act on yet have their words already."""


def errors_page() -> str:
    """Write the table of the error taxonomy."""
    rows = (
        (
            f"`{error.__name__}`",
            f"`{error_to_status(error(''))[0].name}`",
            cell(" ".join((error.__doc__ or "").split())),
            error.recovery.value,
        )
        for error in TAXONOMY
    )
    return f"{_ERRORS}\n\n{table(('error', 'gRPC', 'means', 'the manager'), rows)}\n"


def conditions_page() -> str:
    """Write the tables of conditions, reasons, Events and phases, kind by kind."""
    parts = [_CONDITIONS]
    for kind in KINDS:
        name = kind.names.kind
        rows = [
            *_rows("condition", condition_types, f"{name}Condition"),
            *_rows("reason", reasons, f"{name}Reason"),
            *_rows("Event", reasons, f"{name}Event"),
            *(row for words in _phases(name) for row in _rows("phase", phases, words)),
        ]
        if rows:
            parts.append(f"## {name}\n\n{table(('what', 'is about', 'words'), rows)}")
    return "\n\n".join(parts) + "\n"


def _rows(what: str, module: ModuleType, name: str) -> Iterator[tuple[str, str, str]]:
    words = getattr(module, name, None)
    if words is not None:
        about = (words.__doc__ or "").strip().rstrip(".").lower()
        yield what, about, ", ".join(f"`{word}`" for word in words)


def _phases(kind: str) -> list[str]:
    found = inspect.getmembers(phases, lambda part: inspect.isclass(part) and issubclass(part, StrEnum))
    return [name for name, _ in found if name in {f"{kind}Phase", f"{kind}RuntimePhase", f"{kind}UpdatePhase"}]

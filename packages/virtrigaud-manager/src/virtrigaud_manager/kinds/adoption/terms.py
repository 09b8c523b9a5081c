"""On which terms a Provider adopts machines: its two annotations, read and checked. Pure.

Patterns are matched by RE2, in time that grows with the text and never explodes, with the syntax that they
have in the Go project.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import re2
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from virtrigaud_api.contract import MachineState, PowerState
from virtrigaud_api.v1beta1 import Provider, keys
from virtrigaud_api.v1beta1.spelling import camel_case

_LONGEST_FILTER: Final = 8192
_PATTERN_MEMORY: Final = 1 << 20


class Mode(StrEnum):
    """What is done with machines of nobody, as the annotation says."""

    OFF = ""
    DRY_RUN = "dry-run"
    OBSERVE = "true"
    MANAGE = "managed"


class TermsError(Exception):
    """An annotation says something that can't be."""


class _Filter(BaseModel):
    model_config = ConfigDict(alias_generator=camel_case, extra="forbid", frozen=True)

    name_pattern: str = Field(default="", max_length=512)
    power_state: PowerState | None = None
    min_cpu: int | None = Field(default=None, alias="minCPU", ge=0)
    max_cpu: int | None = Field(default=None, alias="maxCPU", ge=0)
    min_memory_mib: int | None = Field(default=None, alias="minMemoryMiB", ge=0)
    max_memory_mib: int | None = Field(default=None, alias="maxMemoryMiB", ge=0)
    tags: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What is done, and with which machines."""

    mode: Mode
    wanted: _Filter = _Filter()

    def why_not(self, state: MachineState) -> str | None:
        """Say why a machine is not wanted; None when it is."""
        wanted = self.wanted
        if state.id in wanted.ignore or state.name in wanted.ignore:
            return "the filter ignores it"
        if wanted.name_pattern and not _matches(wanted.name_pattern, state.name):
            return f"its name does not match {wanted.name_pattern}"
        if wanted.power_state is not None and state.power is not wanted.power_state:
            return f"it is {state.power}, the filter wants {wanted.power_state}"
        return _size(wanted, state) or _place(wanted, state)


def terms_of(provider: Provider) -> Terms:
    """Read the annotations of a Provider.

    Raises:
        TermsError: One of them can't be read; the message says what to write.
    """
    annotations = provider.metadata.annotations
    said = annotations.get(keys.ANNOTATION_ADOPT_VMS, Mode.OFF.value)
    if said in ("", "false"):
        return Terms(Mode.OFF)
    try:
        mode = Mode(said)
    except ValueError:
        raise TermsError(f"{keys.ANNOTATION_ADOPT_VMS} is {said!r}; write true, managed or dry-run") from None
    text = annotations.get(keys.ANNOTATION_ADOPT_FILTER, "")
    return Terms(mode, _filter(text) if text.strip() else _Filter())


def _filter(text: str) -> _Filter:
    what = keys.ANNOTATION_ADOPT_FILTER
    if len(text) > _LONGEST_FILTER:
        raise TermsError(f"{what} is longer than {_LONGEST_FILTER} characters")
    try:
        wanted = _Filter.model_validate_json(text)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, fault['loc'])) or 'the text'}: {fault['msg']}" for fault in error.errors())
        raise TermsError(f"{what}: {'; '.join(faults)}") from None
    if wanted.name_pattern:
        try:
            _matches(wanted.name_pattern, "")
        except re2.error as error:
            reason = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
            raise TermsError(f"{what}: namePattern is no regular expression: {reason}") from None
    return wanted


def _matches(pattern: str, text: str) -> bool:
    """Look for a pattern in a text.

    Raises:
        re2.error: It is none.
    """
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _PATTERN_MEMORY
    return re2.compile(pattern, options).search(text) is not None


def _size(wanted: _Filter, state: MachineState) -> str | None:
    low, high = wanted.min_cpu, wanted.max_cpu
    if (low is not None and state.cpus < low) or (high is not None and state.cpus > high):
        return f"it has {state.cpus} CPUs, the filter wants {_range(low, high)}"
    low, high = wanted.min_memory_mib, wanted.max_memory_mib
    if (low is not None and state.memory < low) or (high is not None and state.memory > high):
        return f"it has {state.memory} MiB, the filter wants {_range(low, high)}"
    return None


def _range(low: int | None, high: int | None) -> str:
    if high is None:
        return f"{low} or more"
    return f"{low} to {high}" if low is not None else f"{high} or less"


def _place(wanted: _Filter, state: MachineState) -> str | None:
    if not set(wanted.tags) <= set(state.tags):
        return f"it has not all of the tags {', '.join(wanted.tags)}"
    if wanted.folders and state.placement.folder not in wanted.folders:
        return f"it is in folder {state.placement.folder}, the filter wants {' or '.join(wanted.folders)}"
    return None

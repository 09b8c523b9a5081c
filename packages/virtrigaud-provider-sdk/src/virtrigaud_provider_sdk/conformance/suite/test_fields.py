"""L19: every field of a spec is honoured, or refused with a message. Nothing is ignored in silence."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from virtrigaud_api.contract import (
    InvalidSpec,
    MachineSpec,
    MachineState,
    NoCapacity,
    NotFound,
    ProviderError,
    Unsupported,
)

from virtrigaud_provider_sdk.conformance.fields import IDENTITY, LEFT_ASIDE, SOURCE, VALUES, paths, with_field
from virtrigaud_provider_sdk.conformance.lab import Lab
from virtrigaud_provider_sdk.conformance.report import Note

pytestmark = pytest.mark.asyncio

REFUSALS: tuple[type[ProviderError], ...] = (InvalidSpec, Unsupported, NotFound, NoCapacity)

SHOWN: dict[str, Callable[[MachineState], object]] = {
    "hardware.cpus": lambda state: state.cpus,
    "hardware.memory": lambda state: state.memory,
    "hardware.root_disk.size": lambda state: state.disks[0].size_bytes // 2**30,
    "nics.mac": lambda state: state.nics[0].mac.lower(),
    "disks.size": lambda state: state.disks[-1].size_bytes // 2**30,
}
"""Fields that the port itself shows again."""


async def test_l19_every_field_has_a_specimen() -> None:
    assert set(paths()) - IDENTITY - SOURCE - LEFT_ASIDE == set(VALUES)


@pytest.mark.parametrize("path", sorted(VALUES))
async def test_l19_a_field_is_honoured_or_refused(lab: Lab, path: str, note: Note) -> None:
    spec = with_field(lab.specimens.spec(), path, VALUES[path])
    if path == "nics.bridge":
        spec = replace(spec, nics=(replace(spec.nics[0], network=None),))
    if path == "nics.network":
        spec = replace(spec, nics=(replace(spec.nics[0], bridge=None),))
    outcome = await attempt(lab, path, spec)
    assert outcome != "refused without a message"
    note("field", f"{path}: {outcome}")


async def attempt(lab: Lab, path: str, spec: MachineSpec) -> str:
    """Create the machine and return what became of the field, in a word or two."""
    try:
        machine = await lab.create(spec)
    except REFUSALS as refusal:
        return f"refused ({type(refusal).__name__})" if len(refusal.message) > 10 else "refused without a message"
    if path in SHOWN:
        assert SHOWN[path](await lab.state(machine)) == VALUES[path]
        return "honoured and shown"
    return "accepted"

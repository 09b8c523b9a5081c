from collections.abc import Callable
from dataclasses import replace
from enum import Enum

import pytest
from memory_specs import made, spec_of, with_what_it_needs
from virtrigaud_api.contract import (
    ImportedDisk,
    InvalidSpec,
    MachineSpec,
    MachineState,
    NotFound,
    ProviderError,
)
from virtrigaud_provider_memory import MemoryProvider
from virtrigaud_provider_sdk.conformance.fields import IDENTITY, LEFT_ASIDE, VALUES, paths, with_field

Hypervisor = Callable[..., MemoryProvider]

REFUSED: dict[str, type[ProviderError]] = {
    "hardware.extra": InvalidSpec,
}
"""A key that a hypervisor without devices does not know; of everything else it only keeps the books."""

OF_AN_IMPORTED_DISK = {"boot.disk_id"}


def shown(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case Enum():
            return str(value.value)
        case bytes():
            return f"{len(value)} bytes"
        case _:
            return str(value)


def facts_for(path: str, value: object) -> dict[str, str]:
    """Return the facts that must be seen of a machine with this field."""
    head, _, rest = path.partition(".")
    match head:
        case "nics":
            name = value if rest == "name" else "eth0"
            path = f"nics.{name}.{rest.replace('routes.', 'routes.0.')}"
        case "disks":
            name = value if rest == "name" else "data"
            path = f"disks.{name}.{rest}"
    if isinstance(value, tuple):
        return {f"{path}.{index}": shown(part) for index, part in enumerate(value)}
    return {path: shown(value)}


async def described(provider: MemoryProvider, spec: MachineSpec) -> MachineState:
    state = await provider.describe(await made(provider, spec))
    assert state is not None
    return state


@pytest.mark.parametrize("path", sorted(VALUES.keys() - REFUSED.keys()))
async def test_l19_a_field_is_kept_and_shown(hypervisor: Hypervisor, path: str) -> None:
    provider = hypervisor()
    spec = with_field(with_what_it_needs(spec_of(), path), path, VALUES[path])
    wanted = facts_for(path, VALUES[path])
    raw = (await described(provider, spec)).raw
    assert {name: raw.get(name) for name in wanted} == wanted


@pytest.mark.parametrize("path", sorted(REFUSED))
async def test_l19_what_is_not_had_is_refused(hypervisor: Hypervisor, path: str) -> None:
    with pytest.raises(REFUSED[path]):
        await hypervisor().create(with_field(spec_of(), path, VALUES[path]))


@pytest.mark.parametrize("path", ["boot.template", "boot.path", "boot.url"])
async def test_l19_a_source_is_kept_and_shown(hypervisor: Hypervisor, path: str) -> None:
    spec = with_field(with_field(spec_of(), "boot.template", None), path, "golden")
    state = await described(hypervisor(), spec)
    assert state.raw[path] == "golden"


async def test_l19_an_imported_disk_that_does_not_exist_is_not_found(hypervisor: Hypervisor) -> None:
    with pytest.raises(NotFound, match="imported disk brought does not exist"):
        await hypervisor().create(replace(spec_of(), boot=ImportedDisk(disk_id="brought")))


async def test_l19_identity_is_shown(hypervisor: Hypervisor) -> None:
    state = await described(hypervisor(), spec_of())
    assert (state.name, state.owner) == ("web", spec_of().owner)


def test_l19_every_field_is_tested_here() -> None:
    tested = VALUES.keys() | {"boot.template", "boot.path", "boot.url"} | OF_AN_IMPORTED_DISK | IDENTITY | LEFT_ASIDE
    assert set(paths()) == tested


async def test_l31_guest_data_is_shown_by_its_size_only(hypervisor: Hypervisor) -> None:
    secret = with_field(spec_of(), "guest.user_data", b"#cloud-config\npassword: canary-7f3a\n")
    state = await described(hypervisor(), secret)
    assert state.raw["guest.user_data"] == "36 bytes"
    assert "canary" not in repr(state) + repr(secret)

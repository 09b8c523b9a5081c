"""The provider in the README is a provider."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_provider_sdk import (
    BootImage,
    Conflict,
    Facet,
    Hardware,
    MachineEventKind,
    MachineSpec,
    MiB,
    Owner,
    PowerState,
    PowerVerb,
)

README = Path(__file__).parent.parent / "README.md"


@pytest.fixture
def toy() -> Any:
    """The provider of the README, and its settings."""
    source = re.search(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    assert source is not None
    module: dict[str, Any] = {"__name__": "toy_provider"}
    exec(compile(source[1], str(README), "exec"), module)  # noqa: S102 - it is our own text
    return module["ToyProvider"](module["ToySettings"]())


def spec(name: str, uid: str) -> MachineSpec:
    hardware = Hardware(cpus=2, memory=MiB(256))
    return MachineSpec(owner=Owner("shop", name, uid), name=name, hardware=hardware, boot=BootImage(template="any"))


async def test_the_provider_of_the_readme_lives_through_a_machines_life(toy: Any, plaintext: Any) -> None:
    async with plaintext(toy) as (_, channel):
        provider = GrpcProvider(channel)
        assert (await provider.capabilities()).facets == {Facet.WATCH}
        events = provider.events()
        assert (await anext(events)).kind is MachineEventKind.RESYNC
        machine = (await provider.create(spec("web", "1"))).machine
        assert machine is not None
        assert (await provider.create(spec("web", "1"))).machine == machine
        with pytest.raises(Conflict):
            await provider.create(spec("web", "2"))
        await provider.power(machine, PowerVerb.ON, timedelta())
        state = await provider.describe(machine)
        assert state is not None
        assert (state.power, state.cpus) == (PowerState.ON, 2)
        await provider.delete(machine)
        assert await provider.describe(machine) is None
        told = [(await anext(events)).kind for _ in range(3)]
    assert told == [MachineEventKind.CHANGED, MachineEventKind.CHANGED, MachineEventKind.GONE]

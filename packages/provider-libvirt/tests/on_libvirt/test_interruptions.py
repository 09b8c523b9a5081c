"""Lost replies, races, failures half way, and a libvirtd that goes and comes back."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from real_machines import IMAGE, Lab, booted, ended, made, seen, spec_of, until, watched
from virtrigaud_api.contract import (
    BootImage,
    Busy,
    Checksum,
    ChecksumType,
    Conflict,
    DataDisk,
    GiB,
    InvalidSpec,
    MachineEventKind,
    MachineId,
    MachineSpec,
    Nic,
    NotFound,
    PowerState,
    PowerVerb,
    Unavailable,
)
from virtrigaud_provider_libvirt.provider import LibvirtProvider

NO_GRACE = timedelta()


async def test_l08_a_repeated_creation_returns_the_same_machine(provider: LibvirtProvider) -> None:
    first = await made(provider, spec_of("twice"))
    async with asyncio.timeout(30):
        others = await asyncio.gather(*(made(provider, spec_of("twice")) for _ in range(5)))
    assert set(others) == {first}
    assert [state.id for state in await provider.machines()] == [first]


async def test_l08_two_providers_that_race_make_one_machine(lab: Lab) -> None:
    async with LibvirtProvider(lab.settings()) as one, LibvirtProvider(lab.settings()) as other:
        machines = await asyncio.gather(made_at_last(one, spec_of("race")), made_at_last(other, spec_of("race")))
        assert machines[0] == machines[1]
        assert [state.id for state in await one.machines()] == [machines[0]]
        await one.delete(machines[0])
    assert lab.files() == {IMAGE}


async def made_at_last(provider: LibvirtProvider, spec: MachineSpec) -> MachineId:
    """Make a machine as the manager does: again, while somebody else is at it."""

    async def attempt() -> MachineId | None:
        with suppress(Busy):
            return await made(provider, spec)
        return None

    return await until(attempt)


async def test_l06_an_object_that_was_made_anew_does_not_take_over(provider: LibvirtProvider) -> None:
    spec = spec_of("again")
    await made(provider, spec)
    with pytest.raises(Conflict, match=r"belongs to tests/again \(uid uid-of-again\)"):
        await provider.create(replace(spec, owner=replace(spec.owner, uid="another")))


async def test_l24_the_same_name_in_two_namespaces_is_two_machines(provider: LibvirtProvider) -> None:
    spec = spec_of("same")
    other = replace(spec, owner=replace(spec.owner, namespace="elsewhere", uid="another"))
    machines = {await made(provider, spec), await made(provider, other)}
    assert {state.name for state in await provider.machines()} == {"tests.same", "elsewhere.same"}
    assert len(machines) == 2


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"boot": BootImage(path="no-such-image.qcow2")}, NotFound),
        ({"boot": BootImage(path="/etc/hostname")}, NotFound),
        ({"boot": BootImage(path=IMAGE, format="raw")}, InvalidSpec),
        ({"nics": (Nic(name="lan", network="no-such-network"),)}, NotFound),
        ({"disks": (DataDisk(name="data", size=GiB(1), storage_class="no-such-pool"),)}, NotFound),
        # Only libvirt finds that one, when the volumes are made already.
        ({"nics": (Nic(name="lan", pci_slot=9), Nic(name="other", pci_slot=9))}, InvalidSpec),
    ],
)
async def test_a_failed_creation_leaves_nothing(
    provider: LibvirtProvider, lab: Lab, change: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await provider.create(replace(spec_of("failed"), **change))  # type: ignore[arg-type]
    assert lab.files() == {IMAGE}
    assert await provider.machines() == ()


async def test_l01_the_disk_of_a_machine_is_no_image(provider: LibvirtProvider, lab: Lab) -> None:
    await made(provider, spec_of("first"))
    disk = next(name for name in lab.files() if "root" in name)
    with pytest.raises(InvalidSpec, match="is the disk of a machine"):
        await provider.create(replace(spec_of("second"), boot=BootImage(path=disk)))


async def test_an_image_is_taken_only_with_the_digest_that_the_spec_says(provider: LibvirtProvider, lab: Lab) -> None:
    right = Checksum(type=ChecksumType.SHA256, hex=lab.image_digest())
    wrong = Checksum(type=ChecksumType.SHA256, hex="0" * 64)
    good = await ended(
        provider, await provider.create(replace(spec_of("right"), boot=BootImage(path=IMAGE, checksum=right)))
    )
    bad = await ended(
        provider, await provider.create(replace(spec_of("wrong"), boot=BootImage(path=IMAGE, checksum=wrong)))
    )
    assert (good.error, good.machine) == (None, (await provider.machines())[0].id)
    assert isinstance(bad.error, InvalidSpec)
    assert lab.image_digest() in bad.error.message


async def test_l14_a_libvirtd_that_was_killed_is_found_again(provider: LibvirtProvider, lab: Lab) -> None:
    machine = await made(provider, spec_of("survivor"))
    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    before = await booted(provider, machine)
    async with watched(provider) as log:
        lab.tool("kill-daemon")
        with pytest.raises(Unavailable, match="cannot describe machine"):
            await provider.describe(machine)
        with pytest.raises(Unavailable):
            await provider.validate()
        log.events.clear()
        lab.tool("start-daemon")
        await log.first(lambda event: event.kind is MachineEventKind.RESYNC)
        after = await seen(provider, machine)
        assert (after.power, after.addresses) == (PowerState.ON, before.addresses)
        await provider.power(machine, PowerVerb.OFF, NO_GRACE)
        await log.first(lambda event: event.machine == machine)


async def test_l14_a_provider_that_starts_before_libvirtd_recovers_by_itself(lab: Lab) -> None:
    lab.tool("kill-daemon")
    try:
        async with LibvirtProvider(lab.settings()) as provider:
            with pytest.raises(Unavailable, match="cannot reach libvirt"):
                await provider.validate()
            lab.tool("start-daemon")
            await provider.validate()
    finally:
        lab.tool("start-daemon")


async def test_l11_a_guest_that_does_not_listen_is_stopped_when_its_grace_is_over(provider: LibvirtProvider) -> None:
    machine = await made(provider, spec_of("deaf"))
    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    # Right after power on there is no operating system that could react.
    task = await ended(provider, await provider.power(machine, PowerVerb.SHUTDOWN, timedelta(milliseconds=500)))
    assert task.error is None
    assert (await seen(provider, machine)).power is PowerState.OFF


async def test_events_of_others_and_of_ours_are_told(provider: LibvirtProvider) -> None:
    async with watched(provider) as log:
        assert log.events[0].kind is MachineEventKind.RESYNC
        machine = await made(provider, spec_of("told"))
        await log.first(lambda event: event.machine == machine and event.kind is MachineEventKind.CHANGED)
        log.events.clear()
        await provider.power(machine, PowerVerb.ON, NO_GRACE)
        await log.first(lambda event: event.machine == machine)
        await provider.delete(machine)
        await log.first(lambda event: event.kind is MachineEventKind.GONE and event.machine == machine)

        async def quiet() -> bool | None:
            return await provider.describe(machine) is None or None

        await until(quiet)


async def test_l14_changed_credentials_are_used_without_a_restart(lab: Lab, tmp_path: Path) -> None:
    secret = tmp_path / "etc" / "virtrigaud" / "credentials"
    secret.mkdir(parents=True)
    settings = lab.settings(endpoint=f"{lab.uri}&mode=legacy", mount_root=tmp_path)
    async with LibvirtProvider(settings) as provider, watched(provider) as log:
        await provider.validate()
        (secret / "username").write_text("somebody")
        await provider.validate()
        log.events.clear()
        machine = await made(provider, spec_of("rotated"))
        await log.first(lambda event: event.machine == machine)
        await provider.delete(machine)
        gone = [event for event in log.events if event.kind is MachineEventKind.GONE]
        await log.first(lambda event: event.kind is MachineEventKind.GONE)
        assert len(gone) <= 1

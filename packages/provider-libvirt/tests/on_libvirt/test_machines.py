"""Machines that boot, on a real libvirt with QEMU."""

import asyncio
import urllib.request
from dataclasses import replace
from datetime import timedelta

import libvirt
import pytest
from real_machines import IMAGE, Lab, booted, ended, made, run_in_guest, seen, spec_of, until, watched
from virtrigaud_api.contract import (
    Conflict,
    DataDisk,
    GiB,
    GuestCommand,
    InvalidSpec,
    MachineEventKind,
    MachineState,
    MiB,
    Nic,
    NotFound,
    Performance,
    PowerState,
    PowerVerb,
    StaticAddress,
    Unavailable,
    Unsupported,
    WrongState,
)
from virtrigaud_provider_libvirt.provider import LibvirtProvider

NO_GRACE = timedelta()
LONG_GRACE = timedelta(seconds=60)
BOOT_ID = "cat /proc/sys/kernel/random/boot_id"


async def test_a_machine_lives_from_its_first_boot_to_its_end(provider: LibvirtProvider, lab: Lab) -> None:
    files, digest = lab.files(), lab.image_digest()
    spec = spec_of("life", user_data="#cloud-config\nruncmd:\n  - echo came > /www/user-data\n")
    async with watched(provider) as log:
        machine = await made(provider, spec)
        await provider.power(machine, PowerVerb.ON, NO_GRACE)
        running = await booted(provider, machine)
        assert (running.power, running.hostname, running.pending_restart) == (PowerState.ON, "life", False)
        assert (running.cpus, running.memory) == (1, 128)
        assert running.console_url is not None
        page = await asyncio.to_thread(fetch, f"http://{running.addresses[0]}/user-data")
        assert page == "came\n"
        told = await log.first(lambda event: event.state is not None and bool(event.state.addresses))
        assert told.machine == machine

        shutting_down = await provider.power(machine, PowerVerb.SHUTDOWN, LONG_GRACE)
        assert (await ended(provider, shutting_down)).error is None
        off = await seen(provider, machine)
        assert (off.power, off.addresses, off.hostname) == (PowerState.OFF, (), None)

        await provider.delete(machine)
        assert await provider.describe(machine) is None
        await log.first(lambda event: event.kind is MachineEventKind.GONE and event.machine == machine)
    assert (lab.files(), lab.image_digest()) == (files, digest)


async def test_a_suspended_machine_goes_on_with_its_memory(provider: LibvirtProvider, lab: Lab) -> None:
    machine = await made(provider, spec_of("sleeper"))
    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    await booted(provider, machine)
    boot = run_in_guest(lab, machine, BOOT_ID)

    assert (await ended(provider, await provider.power(machine, PowerVerb.SUSPEND, NO_GRACE))).error is None
    asleep = await seen(provider, machine)
    assert (asleep.power, asleep.addresses, asleep.pending_restart) == (PowerState.SUSPENDED, (), False)
    async with LibvirtProvider(lab.settings()) as another:
        assert (await seen(another, machine)).power is PowerState.SUSPENDED

    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    await booted(provider, machine)
    assert run_in_guest(lab, machine, BOOT_ID) == boot != ""


async def test_the_guest_agent_runs_a_program_without_a_shell(provider: LibvirtProvider, lab: Lab) -> None:
    machine = await made(provider, spec_of("commands"))
    with pytest.raises(WrongState, match="it does not run"):
        await provider.run_in_guest(machine, command("/bin/true"))
    await provider.power(machine, PowerVerb.ON, NO_GRACE)

    # The guest still boots: the command waits for its agent.
    assert (await ended(provider, await provider.run_in_guest(machine, command("/bin/true")))).error is None
    awkward = "/run/a file; with $(signs)"
    touched = await provider.run_in_guest(machine, command("/bin/touch", awkward))
    assert (await ended(provider, touched)).error is None
    assert run_in_guest(lab, machine, "ls /run | grep signs") == "a file; with $(signs)\n"

    failed = await ended(provider, await provider.run_in_guest(machine, command("/bin/false")))
    assert isinstance(failed.error, WrongState)
    assert "it ended with exit code 1" in str(failed.error)
    absent = await ended(provider, await provider.run_in_guest(machine, command("/no/such/program")))
    assert isinstance(absent.error, WrongState)
    assert "the guest agent said" in str(absent.error)
    late = await ended(provider, await provider.run_in_guest(machine, command("/bin/sleep", "60", seconds=2)))
    assert isinstance(late.error, Unavailable)
    assert "it has not ended after 2 s" in str(late.error)


def command(*arguments: str, seconds: float = 60) -> GuestCommand:
    return GuestCommand(key=" ".join(arguments), arguments=arguments, timeout=timedelta(seconds=seconds))


async def test_l30_the_files_of_a_machine_are_for_the_hypervisor_only(provider: LibvirtProvider, lab: Lab) -> None:
    before = lab.files()
    await made(provider, spec_of("files"))
    modes = [lab.mode(name) for name in lab.files() - before]
    assert modes == [0o600, 0o600]


async def test_the_root_disk_grows_to_the_wanted_size(provider: LibvirtProvider, lab: Lab) -> None:
    spec = spec_of("growth")
    machine = await made(provider, spec)
    assert [(disk.id, disk.size_bytes) for disk in (await seen(provider, machine)).disks] == [("root", 1 << 30)]
    larger = replace(spec, hardware=replace(spec.hardware, root_disk=replace(spec.hardware.root_disk, size=GiB(2))))
    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    await booted(provider, machine)
    assert int(run_in_guest(lab, machine, "df -k / | awk 'NR==2 {print $2}'")) > 900_000
    await provider.reconfigure(machine, larger)
    assert [disk.size_bytes for disk in (await seen(provider, machine)).disks] == [2 << 30]
    assert int(run_in_guest(lab, machine, "cat /sys/block/vda/size")) == (2 << 30) // 512
    with pytest.raises(InvalidSpec, match="cannot shrink to 1 GiB"):
        await provider.reconfigure(machine, spec)


async def test_l26_every_nic_and_every_disk_counts(provider: LibvirtProvider, lab: Lab) -> None:
    gateway = run_outside(lab)
    fixed = gateway.rsplit(".", 1)[0] + ".251"
    spec = replace(
        spec_of("many"),
        nics=(
            Nic(name="lan", mac="52:11:22:33:44:55"),
            Nic(name="fixed", static=StaticAddress(address=fixed, prefix=24, dns=(gateway,)), mtu=1400),
            Nic(name="old", model="e1000"),
        ),
        disks=(DataDisk(name="data", size=GiB(1)), DataDisk(name="log", size=GiB(2))),
    )
    machine = await made(provider, spec)
    stored = await seen(provider, machine)
    assert [nic.name for nic in stored.nics] == ["lan", "fixed", "old"]
    assert stored.nics[0].mac == "52:11:22:33:44:55"
    await provider.power(machine, PowerVerb.ON, NO_GRACE)

    async def all_addresses() -> MachineState | None:
        state = await seen(provider, machine)
        return state if state.nics[0].addresses and state.nics[1].addresses else None

    running = await until(all_addresses)
    assert running.nics[1].addresses == (fixed,)
    assert [(disk.id, disk.size_bytes >> 30) for disk in running.disks] == [
        ("root", 1),
        ("disk-data", 1),
        ("disk-log", 2),
    ]
    assert run_in_guest(lab, machine, "cat /sys/block/vdc/serial /sys/class/net/eth1/mtu") == "log1400\n"


async def test_processors_and_memory_come_while_the_guest_runs(provider: LibvirtProvider, lab: Lab) -> None:
    spec = spec_of("hot", memory=256)
    prepared = replace(spec.hardware, performance=Performance(cpu_hot_add=True, memory_hot_add=True))
    machine = await made(provider, replace(spec, hardware=prepared))
    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    await booted(provider, machine)
    await provider.reconfigure(machine, replace(spec, hardware=replace(prepared, cpus=3, memory=MiB(384))))
    state = await seen(provider, machine)
    assert (state.cpus, state.memory, state.pending_restart) == (3, 384, False)

    async def processors() -> bool | None:
        return run_in_guest(lab, machine, "nproc") == "3\n" or None

    await until(processors)
    await provider.reconfigure(machine, replace(spec, hardware=prepared))
    state = await seen(provider, machine)
    assert (state.cpus, state.memory, state.pending_restart) == (3, 384, True)
    await provider.power(machine, PowerVerb.OFF, NO_GRACE)
    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    state = await seen(provider, machine)
    assert (state.cpus, state.memory, state.pending_restart) == (1, 256, False)


async def test_l16_a_change_that_needs_a_restart_is_pending_until_then(provider: LibvirtProvider) -> None:
    spec = spec_of("cold")
    machine = await made(provider, spec)
    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    await provider.reconfigure(machine, spec_of("cold", cpus=2, memory=160))
    state = await seen(provider, machine)
    assert (state.cpus, state.memory, state.pending_restart) == (1, 128, True)
    await provider.power(machine, PowerVerb.OFF, NO_GRACE)
    state = await seen(provider, machine)
    assert (state.cpus, state.memory, state.pending_restart) == (2, 160, False)


async def test_disks_and_nics_come_and_go_while_the_guest_runs(provider: LibvirtProvider, lab: Lab) -> None:
    spec = spec_of("plug")
    machine = await made(provider, spec)
    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    before = await booted(provider, machine)
    more = replace(spec, disks=(DataDisk(name="data", size=GiB(1)),), nics=(*spec.nics, Nic(name="second")))
    await provider.reconfigure(machine, more)
    state = await seen(provider, machine)
    assert ([nic.name for nic in state.nics], state.pending_restart) == (["lan", "second"], False)
    assert state.nics[0].mac == before.nics[0].mac

    async def plugged_in() -> bool | None:
        devices = run_in_guest(lab, machine, "ls /sys/class/net /sys/block").split()
        return {"eth1", "vdb"} <= set(devices) or None

    await until(plugged_in)
    await provider.reconfigure(machine, spec)

    async def unplugged() -> MachineState | None:
        state = await seen(provider, machine)
        return None if state.pending_restart else state

    after = await until(unplugged)
    assert ([nic.name for nic in after.nics], [disk.id for disk in after.disks]) == (["lan"], ["root"])
    # The volume stays until the machine goes, so that a disk that was taken out by mistake can come back.
    assert any("disk-data" in name for name in lab.files())
    await provider.delete(machine)
    assert lab.files() == {IMAGE}


async def test_what_is_chosen_at_creation_does_not_change(provider: LibvirtProvider) -> None:
    spec = spec_of("fixed")
    machine = await made(provider, spec)
    with pytest.raises(InvalidSpec, match="made from image"):
        await provider.reconfigure(machine, replace(spec, boot=replace(spec.boot, path="other.qcow2")))
    guarded = replace(spec.hardware, security=replace(spec.hardware.security, iommu=True))
    with pytest.raises(Unsupported, match="an IOMMU"):
        await provider.reconfigure(machine, replace(spec, hardware=guarded))


async def test_l17_a_suspended_machine_is_neither_on_nor_off(provider: LibvirtProvider, lab: Lab) -> None:
    machine = await made(provider, spec_of("suspended"))
    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    connection = lab.connect()
    connection.lookupByUUIDString(machine).suspend()
    connection.close()
    assert (await seen(provider, machine)).power is PowerState.SUSPENDED
    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    assert (await seen(provider, machine)).power is PowerState.ON


async def test_l17_a_machine_whose_process_died_has_crashed_until_somebody_cares(
    provider: LibvirtProvider, lab: Lab
) -> None:
    machine = await made(provider, spec_of("crash"))
    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    lab.kill_guest("tests.crash")

    async def crashed() -> bool | None:
        return (await seen(provider, machine)).power is PowerState.CRASHED or None

    await until(crashed)
    assert [state.power for state in await provider.machines() if state.id == machine] == [PowerState.CRASHED]
    await provider.power(machine, PowerVerb.OFF, NO_GRACE)
    assert (await seen(provider, machine)).power is PowerState.OFF
    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    assert (await seen(provider, machine)).power is PowerState.ON


async def test_l06_a_domain_that_is_not_ours_is_never_touched(provider: LibvirtProvider, lab: Lab) -> None:
    connection = lab.connect()
    domain = connection.defineXML(
        "<domain type='qemu'><name>tests.taken</name><memory unit='MiB'>64</memory>"
        "<os><type machine='q35'>hvm</type></os></domain>"
    )
    machine = domain.UUIDString()
    try:
        with pytest.raises(Conflict, match=r"domain tests\.taken exists already and was not made by VirtRigaud"):
            await provider.create(spec_of("taken"))
        with pytest.raises(Conflict, match="is not deleted"):
            await provider.delete(machine)
        with pytest.raises(Conflict, match="is not changed"):
            await provider.reconfigure(machine, spec_of("taken"))
        assert (await seen(provider, machine)).owner is None
        assert connection.lookupByName("tests.taken").UUIDString() == machine
        assert lab.files() == {IMAGE}
    finally:
        domain.undefine()
        connection.close()


async def test_l12_a_machine_that_was_removed_behind_our_back_is_absent(provider: LibvirtProvider, lab: Lab) -> None:
    machine = await made(provider, spec_of("removed"))
    connection = lab.connect()
    connection.lookupByUUIDString(machine).undefineFlags(libvirt.VIR_DOMAIN_UNDEFINE_NVRAM)
    connection.close()
    assert await provider.describe(machine) is None
    with pytest.raises(NotFound):
        await provider.power(machine, PowerVerb.ON, NO_GRACE)
    # The volumes are found again by their names.
    assert await made(provider, spec_of("removed")) == machine
    await provider.delete(machine)
    assert lab.files() == {IMAGE}


def run_outside(lab: Lab) -> str:
    """The host's address on the lab's network."""
    connection = lab.connect()
    try:
        document = connection.networkLookupByName(lab.network).XMLDesc()
    finally:
        connection.close()
    return document.split("<ip address='", 1)[1].split("'", 1)[0]


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own guest
        return answer.read().decode()

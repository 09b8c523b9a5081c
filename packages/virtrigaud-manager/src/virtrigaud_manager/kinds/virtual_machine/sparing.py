"""The spec that a reconfiguration sends: what is wanted, but for drift that is only reported. Pure; part of `plan`.

A reconfiguration brings the whole machine to a spec. So what the policy leaves alone, and the user did not
ask for anew, is sent as it was seen.
"""

from dataclasses import replace

from virtrigaud_api.contract import (
    DataDisk,
    DiskState,
    GiB,
    Hardware,
    MachineSpec,
    MachineState,
    Nic,
    Placement,
)

from virtrigaud_manager.kinds.virtual_machine.drift import drift
from virtrigaud_manager.kinds.virtual_machine.groups import Group, is_enforced
from virtrigaud_manager.kinds.virtual_machine.observation import Observation
from virtrigaud_manager.kinds.virtual_machine.origin import boot_as_made
from virtrigaud_manager.kinds.virtual_machine.receipt_keys import RECEIPT_ORIGIN

_GIB = 1 << 30


def spec_to_send(o: Observation, spec: MachineSpec, state: MachineState) -> MachineSpec:
    """Return the spec with everything as it was seen that is not to be changed."""
    drifted = drift(o)
    spared = {found.group for found in drifted if not is_enforced(o.vm, found.group)}
    spec = replace(spec, boot=boot_as_made(o.status.provider.get(RECEIPT_ORIGIN, ""), spec.boot))
    if Group.RESOURCES in spared:
        spec = replace(spec, hardware=_as_seen(spec.hardware, state))
    if Group.DISKS in {found.group for found in drifted}:
        spec = _with_disks(spec, state, spared=Group.DISKS in spared)
    if Group.NETWORKS in spared:
        spec = replace(spec, nics=_nics(spec.nics, state))
    if Group.TAGS in spared:
        spec = replace(spec, tags=state.tags)
    if Group.PLACEMENT in spared:
        spec = replace(spec, placement=_placement(spec.placement, state.placement))
    return spec


def _as_seen(hardware: Hardware, state: MachineState) -> Hardware:
    return replace(hardware, cpus=state.cpus or hardware.cpus, memory=state.memory or hardware.memory)


def _with_disks(spec: MachineSpec, state: MachineState, *, spared: bool) -> MachineSpec:
    """Never ask for a smaller disk than there is; and for no larger one where that is spared.

    A disk that somebody took out is named all the same: leaving it out would say that it is to be removed.
    """
    told = [disk for disk in state.disks if disk.size_bytes]
    seen = {disk.name: _gib(disk) for disk in told if disk.name}
    root = next((_gib(disk) for disk in told if disk.is_root), None)
    size = spec.hardware.root_disk.size
    if size is not None and root is not None and (spared or root > size):
        spec = replace(spec, hardware=replace(spec.hardware, root_disk=replace(spec.hardware.root_disk, size=root)))
    return replace(spec, disks=tuple(_disk(disk, seen.get(disk.name), spared=spared) for disk in spec.disks))


def _disk(disk: DataDisk, seen: GiB | None, *, spared: bool) -> DataDisk:
    keeps = seen is not None and (spared or seen > disk.size)
    return replace(disk, size=seen) if keeps and seen is not None else disk


def _gib(disk: DiskState) -> GiB:
    return GiB(-(-disk.size_bytes // _GIB))


def _nics(nics: tuple[Nic, ...], state: MachineState) -> tuple[Nic, ...]:
    seen = {nic.name: nic for nic in state.nics if nic.is_described}
    return tuple(
        replace(nic, network=now.network, bridge=now.bridge, vlan=now.vlan, model=now.model, mac=now.mac)
        for nic in nics
        if (now := seen.get(nic.name)) is not None
    )


def _placement(wanted: Placement, seen: Placement) -> Placement:
    return replace(wanted, host=seen.host or wanted.host)

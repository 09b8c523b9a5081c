"""How single facts of a machine compare with its spec: each difference with what was seen and what is wanted. Pure.

A fact that the spec leaves to the provider never differs. Used by `drift`, which knows what follows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from virtrigaud_api.contract import DataDisk, DiskState, GiB, MachineSpec, MachineState, Nic, NicState, Placement
from virtrigaud_api.contract import PowerState as Power
from virtrigaud_api.v1beta1 import VirtualMachine
from virtrigaud_api.v1beta1.power_state import DesiredPowerState
from virtrigaud_api.v1beta1.spelling import camel_case

from virtrigaud_manager.kinds.virtual_machine.groups import Group
from virtrigaud_manager.kinds.virtual_machine.sizes import cpus

_GIB = 1 << 30
_SATISFYING = {
    DesiredPowerState.ON: (Power.ON,),
    DesiredPowerState.OFF: (Power.OFF,),
    DesiredPowerState.OFF_GRACEFUL: (Power.OFF,),
    DesiredPowerState.SUSPENDED: (Power.SUSPENDED, Power.OFF),
}
_NOTHING = "none"


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact of a machine that is not as described.

    Attributes:
        field: The field that describes it, as the user finds it.
        mendable: Reconfiguring could put it right without destroying anything.
    """

    group: Group
    field: str
    seen: str
    wanted: str
    mendable: bool = True

    def __str__(self) -> str:
        """Say it to a person."""
        return f"{self.seen}, wanted {self.wanted} ({self.field})"


def power_differences(wanted: DesiredPowerState, state: MachineState) -> Iterator[Difference]:
    """Compare the power state."""
    if state.power not in (*_SATISFYING[wanted], Power.UNKNOWN):
        yield Difference(Group.POWER, "spec.powerState", state.power, wanted)


def resource_differences(vm: VirtualMachine, state: MachineState, spec: MachineSpec) -> Iterator[Difference]:
    """Compare CPUs and memory."""
    override, hardware = vm.spec.resources, spec.hardware
    if state.cpus not in (hardware.cpus, 0):
        field = "spec.resources.cpu" if override and override.cpu else f"{_class(vm)} spec.cpu"
        yield Difference(Group.RESOURCES, field, cpus(state.cpus), str(hardware.cpus))
    if state.memory not in (hardware.memory, 0):
        field = "spec.resources.memoryMiB" if override and override.memory_mib else f"{_class(vm)} spec.memory"
        yield Difference(Group.RESOURCES, field, f"{state.memory} MiB", f"{hardware.memory} MiB")


def device_differences(state: MachineState, spec: MachineSpec) -> Iterator[Difference]:
    """Compare disks, NICs, tags and placement of a machine that is told completely."""
    yield from _root_disk(state, spec.hardware.root_disk.size)
    yield from _disks(state.disks, spec.disks)
    yield from _nics(state.nics, spec.nics)
    if sorted(state.tags) != sorted(spec.tags):
        yield Difference(Group.TAGS, "spec.tags", _tags(state.tags), _tags(spec.tags))
    yield from _placement(state.placement, spec.placement)


def _root_disk(state: MachineState, wanted: GiB | None) -> Iterator[Difference]:
    root = next((disk for disk in state.disks if disk.is_root), None)
    if root is not None and wanted is not None:
        yield from _size("VMClass spec.diskDefaults.size", "root disk", root, wanted)


def _disks(seen: Sequence[DiskState], wanted: Sequence[DataDisk]) -> Iterator[Difference]:
    have = {disk.name: disk for disk in seen if disk.name}
    for one in wanted:
        found, field = have.pop(one.name, None), f"spec.disks[{one.name}]"
        if found is None:
            yield Difference(Group.DISKS, field, f"no disk {one.name}", f"{one.size} GiB")
        else:
            yield from _size(f"{field}.sizeGiB", f"disk {one.name}", found, one.size)
    for disk in (*have.values(), *(disk for disk in seen if not disk.name and not disk.is_root)):
        what = f"disk {disk.id} of {_gib(disk)}"
        yield Difference(Group.DISKS, "spec.disks", what, _NOTHING, mendable=False)


def _size(field: str, what: str, seen: DiskState, wanted: GiB) -> Iterator[Difference]:
    """Compare a size; a hypervisor that can't reach the storage tells none."""
    if seen.size_bytes not in (wanted * _GIB, 0):
        smaller = seen.size_bytes < wanted * _GIB
        yield Difference(Group.DISKS, field, f"{what} of {_gib(seen)}", f"{wanted} GiB", mendable=smaller)


def _nics(seen: Sequence[NicState], wanted: Sequence[Nic]) -> Iterator[Difference]:
    have = {nic.name: nic for nic in seen if nic.is_described}
    for nic in wanted:
        found, field = have.get(nic.name), f"spec.networks[{nic.name}]"
        if found is None:
            yield Difference(Group.NETWORKS, field, f"no network interface {nic.name}", _connection(nic))
        elif (now := _as_said(nic, found)) != nic_facts(nic):
            yield Difference(Group.NETWORKS, field, f"{nic.name} on {_facts(now)}", _facts(nic_facts(nic)))
    for other in seen:
        if not other.is_described:
            what = f"network interface {other.name} ({other.mac})"
            yield Difference(Group.NETWORKS, "spec.networks", what, _NOTHING, mendable=False)


def nic_facts(nic: Nic) -> dict[str, str]:
    """Return what a spec says about a NIC that can be seen; a NIC that says no VLAN has none."""
    said = {"network": nic.network, "bridge": nic.bridge, "model": nic.model, "mac": nic.mac and nic.mac.lower()}
    placed = {"vlan": str(nic.vlan) if nic.vlan else _NOTHING} if nic.network or nic.bridge else {}
    return {name: value for name, value in said.items() if value} | placed


def _as_said(nic: Nic, seen: NicState) -> dict[str, str]:
    """Return what is seen of the facts that a spec speaks of."""
    now = {
        "network": seen.network or _NOTHING,
        "bridge": seen.bridge or _NOTHING,
        "model": seen.model or _NOTHING,
        "mac": seen.mac.lower(),
        "vlan": str(seen.vlan) if seen.vlan else _NOTHING,
    }
    return {name: now[name] for name in nic_facts(nic)}


def _placement(seen: Placement, wanted: Placement) -> Iterator[Difference]:
    for field in fields(Placement):
        now, then = getattr(seen, field.name), getattr(wanted, field.name)
        if then is not None and now is not None and now != then:
            yield Difference(Group.PLACEMENT, f"spec.placement.{camel_case(field.name)}", f"on {now}", then)


def _class(vm: VirtualMachine) -> str:
    reference = vm.spec.class_ref
    return f"VMClass {reference.namespace or vm.metadata.namespace}/{reference.name}"


def _gib(disk: DiskState) -> str:
    return f"{disk.size_bytes / _GIB:g} GiB"


def _tags(tags: Sequence[str]) -> str:
    return f"tags {', '.join(sorted(tags))}" if tags else "no tags"


def _connection(nic: Nic) -> str:
    return f"one on {_facts(nic_facts(nic))}" if nic_facts(nic) else "one on the default network"


def _facts(facts: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts.items())

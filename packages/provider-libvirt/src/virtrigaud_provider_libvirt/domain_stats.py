"""The statistics of domains: power, processors, memory and disk sizes of all machines in one call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import libvirt
from virtrigaud_api.contract import MachineId, MiB, PowerState

_ASKED = (
    libvirt.VIR_DOMAIN_STATS_STATE
    | libvirt.VIR_DOMAIN_STATS_BALLOON
    | libvirt.VIR_DOMAIN_STATS_VCPU
    | libvirt.VIR_DOMAIN_STATS_BLOCK
)
_POWER = {
    libvirt.VIR_DOMAIN_RUNNING: PowerState.ON,
    libvirt.VIR_DOMAIN_BLOCKED: PowerState.ON,
    libvirt.VIR_DOMAIN_SHUTDOWN: PowerState.ON,
    libvirt.VIR_DOMAIN_PAUSED: PowerState.SUSPENDED,
    libvirt.VIR_DOMAIN_PMSUSPENDED: PowerState.SUSPENDED,
    libvirt.VIR_DOMAIN_SHUTOFF: PowerState.OFF,
    libvirt.VIR_DOMAIN_CRASHED: PowerState.CRASHED,
}
_STATE_NAMES = {
    libvirt.VIR_DOMAIN_NOSTATE: "no state",
    libvirt.VIR_DOMAIN_RUNNING: "running",
    libvirt.VIR_DOMAIN_BLOCKED: "blocked",
    libvirt.VIR_DOMAIN_PAUSED: "paused",
    libvirt.VIR_DOMAIN_SHUTDOWN: "shutting down",
    libvirt.VIR_DOMAIN_SHUTOFF: "shut off",
    libvirt.VIR_DOMAIN_CRASHED: "crashed",
    libvirt.VIR_DOMAIN_PMSUSPENDED: "suspended by the guest",
}
_DEAD = frozenset({libvirt.VIR_DOMAIN_SHUTOFF, libvirt.VIR_DOMAIN_CRASHED})

Record = tuple[libvirt.virDomain, Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainStats:
    """The statistics of one domain.

    Attributes:
        state: libvirt's own word.
        is_active: A hypervisor process exists for it.
        disk_bytes: Capacity by device name.
    """

    machine: MachineId
    power: PowerState
    state: str
    is_active: bool
    cpus: int
    memory: MiB
    disk_bytes: Mapping[str, int]


def of_all(connection: libvirt.virConnect) -> tuple[DomainStats, ...]:
    """The statistics of every domain, in two calls: the second names those whose memory is saved."""
    records = connection.getAllDomainStats(_ASKED, 0)
    saved = connection.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE)
    return _read(records, frozenset(domain.UUIDString() for domain in saved))


def of_one(connection: libvirt.virConnect, domain: libvirt.virDomain) -> DomainStats:
    """The statistics of one domain."""
    saved = frozenset({domain.UUIDString()}) if domain.hasManagedSaveImage() else frozenset[str]()
    return _read(connection.domainListGetStats([domain], _ASKED, 0), saved)[0]


def power_of(state: int, reason: int, *, saved: bool = False) -> PowerState:
    """The power state that libvirt's state and reason are.

    A machine that is off because its process died has crashed; nobody asked it to stop. One that is off
    and whose memory is saved is suspended; libvirt forgets that reason when its daemon starts anew, and
    knows the saved memory all the same.
    """
    if state == libvirt.VIR_DOMAIN_SHUTOFF and saved:
        return PowerState.SUSPENDED
    if state == libvirt.VIR_DOMAIN_SHUTOFF and reason == libvirt.VIR_DOMAIN_SHUTOFF_CRASHED:
        return PowerState.CRASHED
    return _POWER.get(state, PowerState.UNKNOWN)


def _read(records: Sequence[Record], saved: frozenset[str]) -> tuple[DomainStats, ...]:
    named = ((MachineId(domain.UUIDString()), facts) for domain, facts in records)
    return tuple(_stats(machine, facts, saved=machine in saved) for machine, facts in named)


def _stats(machine: MachineId, facts: Mapping[str, object], *, saved: bool) -> DomainStats:
    state, reason = _number(facts, "state.state"), _number(facts, "state.reason")
    disks = range(_number(facts, "block.count"))
    return DomainStats(
        machine=machine,
        power=power_of(state, reason, saved=saved),
        state=_STATE_NAMES.get(state, "unknown"),
        is_active=state not in _DEAD,
        cpus=_number(facts, "vcpu.current"),
        memory=MiB(_number(facts, "balloon.maximum") // 1024),
        disk_bytes={str(facts[f"block.{disk}.name"]): _number(facts, f"block.{disk}.capacity") for disk in disks},
    )


def _number(facts: Mapping[str, object], key: str) -> int:
    value = facts.get(key, 0)
    return value if isinstance(value, int) else 0

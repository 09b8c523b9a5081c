"""MachineState as protobuf messages, both ways: one machine (Describe) and all of them (ListVMs).

The SDK's servicer writes them and the manager's `GrpcProvider` reads them.
"""

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from virtrigaud_api.contract import DiskState, MachineId, MachineState, MiB, NicState, Owner, Placement, PowerState
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.json_fields import RawField
from virtrigaud_api.wire.json_reader import MAXIMUM_BYTES, write_texts
from virtrigaud_api.wire.quantity import bytes_of

_GIB = 1024**3
_MIB = 1024**2
_NOWHERE: Final = Placement()
_INT32_MAX = 2**31 - 1
_SPELLINGS: Final = {
    "on": PowerState.ON,
    "poweredon": PowerState.ON,
    "running": PowerState.ON,
    "off": PowerState.OFF,
    "poweredoff": PowerState.OFF,
    "stopped": PowerState.OFF,
    "shut off": PowerState.OFF,
    "suspended": PowerState.SUSPENDED,
    "paused": PowerState.SUSPENDED,
    "crashed": PowerState.CRASHED,
}


def description_to_message(state: MachineState | None) -> pb2.DescribeResponse:
    """Return what Describe answers: the five fields that every reader knows, and the whole machine."""
    if state is None:
        return pb2.DescribeResponse(exists=False)
    message = pb2.DescribeResponse(exists=True)
    message.power_state = _on_or_off(state.power)
    message.ips.extend(state.addresses)
    if state.console_url:
        message.console_url = state.console_url
    message.provider_raw_json = write_texts(state.raw)
    write_state(state, message.machine)
    return message


def description_from_message(message: pb2.DescribeResponse, machine: MachineId) -> MachineState | None:
    """Read what Describe answers.

    Go providers answer the five fields only: the owner is unknown then, CPUs and memory are 0 where the
    raw facts do not tell them, and three peculiarities remain. The Go libvirt provider never answers
    "does not exist" but fails (as ProviderFault), so that an absent machine stays a failed read. The Go
    vSphere provider answers "does not exist" also when it could not read. And Proxmox calls a suspended
    machine On, the other two call it Off.
    """
    if not message.exists:
        return None
    if message.HasField("machine"):
        return state_from_message(message.machine)
    raw = _raw_from_json(message.provider_raw_json)
    return MachineState(
        id=machine,
        name=raw.get(RawField.NAME) or machine,
        owner=None,
        power=_power(message.power_state),
        cpus=_count(raw.get(RawField.CPU_COUNT) or raw.get(RawField.LIBVIRT_CPUS)),
        memory=_memory(raw),
        addresses=tuple(message.ips),
        hostname=raw.get(RawField.HOSTNAME) or None,
        console_url=message.console_url or None,
        raw=MappingProxyType(raw),
    )


def machines_to_message(states: Iterable[MachineState]) -> pb2.ListVMsResponse:
    """Return what ListVMs answers."""
    message = pb2.ListVMsResponse()
    for state in states:
        write_state(state, message.vms.add())
    return message


def machines_from_message(message: pb2.ListVMsResponse) -> tuple[MachineState, ...]:
    """Read what ListVMs answers."""
    return tuple(state_from_message(machine) for machine in message.vms)


def state_to_message(state: MachineState) -> pb2.VMInfo:
    """Return a machine as seen, with everything."""
    message = pb2.VMInfo()
    write_state(state, message)
    return message


def write_state(state: MachineState, message: pb2.VMInfo) -> None:
    """Write a machine as seen into an empty message.

    Fields are set one by one, in place and only where there is something to tell, which takes half of the time that
    building and copying messages takes: this writes every machine of a list.
    """
    message.id = state.id
    message.name = state.name
    message.power_state = _on_or_off(state.power)
    message.power_detail = state.power
    message.ips.extend(state.addresses)
    message.cpu = min(state.cpus, _INT32_MAX)
    message.memory_mib = state.memory
    if state.hostname:
        message.hostname = state.hostname
    if state.console_url:
        message.console_url = state.console_url
    message.pending_restart = state.pending_restart
    if state.owner is not None:
        _write_owner(state.owner, message.owner)
    message.tags.extend(state.tags)
    message.complete = state.is_complete
    if state.placement != _NOWHERE:
        _write_place(state.placement, message.place)
    for disk in state.disks:
        _write_disk(disk, message.disks.add())
    for nic in state.nics:
        _write_nic(nic, message.networks.add())
    message.provider_raw.update(state.raw)


def state_from_message(message: pb2.VMInfo) -> MachineState:
    """Read a machine as seen."""
    owner, facts = message.owner, message.provider_raw
    return MachineState(
        id=MachineId(message.id),
        name=message.name,
        owner=Owner(owner.namespace, owner.name, owner.uid) if message.HasField("owner") else None,
        power=_power(message.power_detail or message.power_state),
        cpus=message.cpu,
        memory=MiB(message.memory_mib),
        addresses=tuple(message.ips),
        hostname=message.hostname or None,
        console_url=message.console_url or None,
        nics=tuple(map(_nic_from_message, message.networks)),
        disks=tuple(map(_disk_from_message, message.disks)),
        pending_restart=message.pending_restart,
        tags=tuple(message.tags),
        placement=_place_from_message(message.place) if message.HasField("place") else _NOWHERE,
        is_complete=message.complete,
        raw=MappingProxyType(dict(facts.items())),
    )


def _write_owner(owner: Owner, message: pb2.Owner) -> None:
    message.namespace = owner.namespace
    message.name = owner.name
    message.uid = owner.uid


def _write_disk(disk: DiskState, message: pb2.DiskInfo) -> None:
    message.id = disk.id
    message.path = disk.path
    message.size_gib = min(disk.size_bytes // _GIB, _INT32_MAX)
    message.format = disk.format
    message.size_bytes = disk.size_bytes
    message.name = disk.name
    message.root = disk.is_root


def _write_nic(nic: NicState, message: pb2.NetworkInfo) -> None:
    message.name = nic.name
    message.mac = nic.mac
    if nic.addresses:
        message.ip_address = nic.addresses[0]
        message.ip_addresses.extend(nic.addresses)
    if nic.network:
        message.network = nic.network
    if nic.bridge:
        message.bridge = nic.bridge
    if nic.vlan:
        message.vlan = nic.vlan
    if nic.model:
        message.model = nic.model
    message.described = nic.is_described


def _write_place(place: Placement, message: pb2.MachinePlace) -> None:
    message.datastore = place.datastore or ""
    message.storage_pod = place.storage_pod or ""
    message.cluster = place.cluster or ""
    message.folder = place.folder or ""
    message.host = place.host or ""
    message.resource_pool = place.resource_pool or ""


def _on_or_off(power: PowerState) -> str:
    """Return the power state for readers that know two: only what runs is On."""
    return PowerState.ON if power is PowerState.ON else PowerState.OFF


def _power(text: str) -> PowerState:
    return _SPELLINGS.get(text.lower(), PowerState.UNKNOWN)


def _disk_from_message(message: pb2.DiskInfo) -> DiskState:
    size_bytes = message.size_bytes or message.size_gib * _GIB
    return DiskState(
        id=message.id,
        path=message.path,
        size_bytes=size_bytes,
        format=message.format,
        name=message.name,
        is_root=message.root,
    )


def _nic_from_message(message: pb2.NetworkInfo) -> NicState:
    first = (message.ip_address,) if message.ip_address else ()
    return NicState(
        name=message.name,
        mac=message.mac,
        addresses=tuple(message.ip_addresses) or first,
        network=message.network or None,
        bridge=message.bridge or None,
        vlan=message.vlan or None,
        model=message.model or None,
        is_described=message.described,
    )


def _place_from_message(message: pb2.MachinePlace) -> Placement:
    return Placement(
        datastore=message.datastore or None,
        storage_pod=message.storage_pod or None,
        cluster=message.cluster or None,
        folder=message.folder or None,
        host=message.host or None,
        resource_pool=message.resource_pool or None,
    )


def _raw_from_json(text: str) -> Mapping[str, str]:
    """Read raw facts as texts. Two Go providers do not escape what they write, so a broken one is no error."""
    if len(text.encode()) > MAXIMUM_BYTES:
        return {RawField.PARSE_ERROR: f"longer than {MAXIMUM_BYTES} bytes"}
    try:
        facts = json.loads(text or "{}")
        if isinstance(facts, dict):
            return {name: value if isinstance(value, str) else json.dumps(value) for name, value in facts.items()}
    except (ValueError, RecursionError):
        return {RawField.PARSE_ERROR: "not valid JSON"}
    return {RawField.PARSE_ERROR: "not a JSON object"}


def _memory(raw: Mapping[str, str]) -> MiB:
    """Read MiB from the raw facts of vSphere (MiB) or libvirt (such as "2097152 KiB"), 0 when they do not tell."""
    if mib := _count(raw.get(RawField.MEMORY_MB)):
        return MiB(mib)
    amount, _, unit = raw.get(RawField.LIBVIRT_MAX_MEMORY, "").partition(" ")
    return MiB((bytes_of(f"{amount}{unit.removesuffix('B')}") or 0) // _MIB)


def _count(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= 18 else 0

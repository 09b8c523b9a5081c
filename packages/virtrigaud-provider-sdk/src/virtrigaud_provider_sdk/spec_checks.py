"""What is wrong with a spec before any hypervisor is asked: contradictions, and fields that a provider ignores.

Pure. Providers call both at the beginning of `create` and `reconfigure`; what only their hypervisor can tell
(a missing image, too many CPUs) is theirs.
"""

import ipaddress
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Final

from virtrigaud_api.contract import (
    BootImage,
    BootSource,
    DataDisk,
    Firmware,
    Hardware,
    InvalidSpec,
    MachineSpec,
    Nic,
    StaticAddress,
    Unsupported,
)

_UNICAST_MAC: Final = re.compile(r"[0-9a-fA-F][02468aceACE](:[0-9a-fA-F]{2}){5}")
_VLANS: Final = range(1, 4095)
_MTUS: Final = range(68, 65536)
_PREFIXES: Final = range(1, 33)


def check_spec(spec: MachineSpec, *, extra_keys: Collection[str] = ()) -> None:
    """Check that a spec could be right somewhere.

    Args:
        spec: The spec.
        extra_keys: The keys of `hardware.extra` that the provider knows.

    Raises:
        InvalidSpec: It can't; the message names everything that is wrong.
    """
    wrong = [
        *_of_hardware(spec.hardware, extra_keys),
        *_of_boot(spec.boot),
        *_repeated("disk", [disk.name for disk in spec.disks]),
        *_repeated("NIC", [nic.name for nic in spec.nics]),
        *(mistake for disk in spec.disks for mistake in _of_disk(disk)),
        *(f"NIC {nic.name}: {mistake}" for nic in spec.nics for mistake in _of_nic(nic)),
    ]
    if wrong:
        raise InvalidSpec(f"the spec of machine {spec.owner} can't be right: {'; '.join(wrong)}")


def refuse_all_but(honoured: MachineSpec, spec: MachineSpec) -> None:
    """Refuse a spec that asks for more than a provider gives.

    Args:
        honoured: The spec again, made of nothing but the fields that the provider looks at. What it leaves at
            its default is what it ignores, so a field that is added to the contract later is refused at once.
        spec: The spec. That it `starts` may be left aside, so that is never refused.

    Raises:
        Unsupported: They differ; the message names the fields.
    """
    if paths := list(_differences(spec, replace(honoured, starts=spec.starts), "")):
        raise Unsupported(f"machine {spec.owner} asks for what this provider does not have: {', '.join(paths)}")


def _of_hardware(hardware: Hardware, extra_keys: Collection[str]) -> Iterator[str]:
    if hardware.cpus < 1:
        yield f"{hardware.cpus} CPUs"
    if hardware.memory < 1:
        yield f"{hardware.memory} MiB of memory"
    if hardware.root_disk.size is not None and hardware.root_disk.size < 1:
        yield f"a root disk of {hardware.root_disk.size} GiB"
    if hardware.security.secure_boot and hardware.firmware is not Firmware.UEFI:
        yield "secure boot without UEFI firmware"
    if unknown := sorted(set(hardware.extra) - set(extra_keys)):
        yield f"unknown extra settings {', '.join(unknown)} (known: {', '.join(sorted(extra_keys)) or 'none'})"


def _of_boot(boot: BootSource) -> Iterator[str]:
    if isinstance(boot, BootImage) and not (boot.template or boot.path or boot.url):
        yield "the image names no template, no path and no URL"


def _of_disk(disk: DataDisk) -> Iterator[str]:
    if disk.size < 1:
        yield f"disk {disk.name} of {disk.size} GiB"


def _of_nic(nic: Nic) -> Iterator[str]:
    if nic.network and nic.bridge:
        yield "a network and a bridge; give one of them"
    if nic.vlan is not None and nic.vlan not in _VLANS:
        yield f"VLAN {nic.vlan}"
    if nic.mtu is not None and nic.mtu not in _MTUS:
        yield f"MTU {nic.mtu}"
    if nic.mac is not None and not _UNICAST_MAC.fullmatch(nic.mac):
        yield f"{nic.mac!r} is no MAC address of one interface"
    for server in nic.name_servers:
        if not _is_address(server):
            yield f"{server!r} is no IP address"
    if nic.static is not None:
        yield from _of_address(nic.static)


def _of_address(static: StaticAddress) -> Iterator[str]:
    if static.prefix not in _PREFIXES:
        yield f"prefix length {static.prefix}"
    for address in (static.address, static.gateway, *static.dns, *(route.gateway for route in static.routes)):
        if address is not None and not _is_address(address):
            yield f"{address!r} is no IP address"


def _repeated(kind: str, names: Sequence[str]) -> Iterator[str]:
    if "" in names:
        yield f"a {kind} without a name"
    if twice := sorted({name for name in names if names.count(name) > 1}):
        yield f"{kind} {', '.join(twice)} named twice"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _differences(one: object, other: object, path: str) -> Iterator[str]:
    """Yield the path of every field in which two values differ."""
    if one == other:
        return
    if is_dataclass(one) and type(one) is type(other):
        for field in fields(one):
            yield from _differences(
                getattr(one, field.name), getattr(other, field.name), f"{path}.{field.name}".lstrip(".")
            )
    elif isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _differences(left, right, f"{path}[{number}]")
    else:
        yield path

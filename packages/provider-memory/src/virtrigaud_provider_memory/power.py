"""The power of a machine. Pure: each function returns the machine as it is afterwards."""

from dataclasses import replace

from virtrigaud_api.contract import PowerState

from virtrigaud_provider_memory.devices import grown_at_start
from virtrigaud_provider_memory.guest import hostname_of
from virtrigaud_provider_memory.world import Machine, Run


def started(machine: Machine, now: float) -> Machine:
    """Return the machine running: resumed where it was suspended, else freshly started from its spec."""
    body = machine.body
    match body.power:
        case PowerState.ON:
            return machine
        case PowerState.SUSPENDED:
            return replace(machine, body=replace(body, power=PowerState.ON))
        case _:
            body = replace(
                body,
                power=PowerState.ON,
                run=Run(hardware=body.spec.hardware, started=now),
                disks=grown_at_start(body),
                hostname=body.hostname or hostname_of(body.spec.guest, machine.name),
            )
            return replace(machine, body=body, boots=machine.boots + 1)


def stopped(machine: Machine) -> Machine:
    """Return the machine powered off, from whatever state."""
    return replace(machine, body=replace(machine.body, power=PowerState.OFF, run=None))


def suspended(machine: Machine) -> Machine:
    """Return the machine stopped with its memory kept: its run goes on when it is powered on."""
    return replace(machine, body=replace(machine.body, power=PowerState.SUSPENDED))


def restarted(machine: Machine, now: float) -> Machine:
    """Return the machine running with everything that waited for a restart."""
    return started(stopped(machine), now)

"""Programs that the QEMU guest agent runs inside a guest: `guest-exec` and `guest-exec-status`.

The agent gets a path and a vector of arguments; no shell is involved, and what the program prints is not asked
for. Source: https://qemu-project.gitlab.io/qemu/interop/qemu-ga-ref.html
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import libvirt
import libvirt_qemu
from virtrigaud_api.contract import GuestCommand, MachineId, ProviderFault, Unavailable, Unsupported, WrongState

from virtrigaud_provider_libvirt import lookup
from virtrigaud_provider_libvirt.domain_xml.traits import Trait
from virtrigaud_provider_libvirt.faults import is_connection_lost
from virtrigaud_provider_libvirt.session import Link, Session

_ANSWER_SECONDS = 5
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 1.0
_NOT_ANSWERING = frozenset({libvirt.VIR_ERR_AGENT_UNRESPONSIVE, libvirt.VIR_ERR_AGENT_UNSYNCED})
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Exit:
    """A program ended by itself, or by a signal."""

    code: int | None
    signal: int | None


def check(link: Link, machine: MachineId) -> None:
    """See whether a program can be run at all.

    Raises:
        NotFound: The machine does not exist.
        WrongState: It does not run.
        Unsupported: It has no channel to an agent.
    """
    domain = lookup.require_domain(link.connection, machine)
    if not domain.isActive():
        raise WrongState(f"cannot run a program in the guest of machine {machine}: it does not run")
    if Trait.AGENT not in lookup.stored_document(domain).traits:
        raise Unsupported(
            f"cannot run a program in the guest of machine {machine}: it was made without a channel to a guest agent; "
            "its guestToolsPolicy is not install"
        )


async def run(session: Session, machine: MachineId, command: GuestCommand) -> MachineId:
    """Run a program once the agent answers, and wait for its end.

    Raises:
        WrongState: The agent can't run it, or it did not end with 0.
        Unavailable: Agent or program took too long.
    """
    doing = f"run {command.arguments[0]} in the guest of machine {machine}"
    waits_for = "its guest agent does not answer"
    try:
        async with asyncio.timeout(command.timeout.total_seconds()):
            begin = partial(_begin, machine=machine, arguments=command.arguments, doing=doing)
            process = await _until(lambda: session.run(doing, "guest command", begin))
            waits_for = "it has not ended"
            look = partial(_look, machine=machine, process=process)
            ended = await _until(lambda: session.run(doing, "guest command", look))
    except TimeoutError:
        seconds = command.timeout.total_seconds()
        raise Unavailable(f"cannot {doing}: {waits_for} after {seconds:g} s") from None
    if ended.signal is not None:
        raise WrongState(f"cannot {doing}: signal {ended.signal} ended it")
    if ended.code != 0:
        raise WrongState(f"cannot {doing}: it ended with exit code {ended.code}")
    return machine


async def _until(ask: Callable[[], Awaitable[_T | None]]) -> _T:
    pause = _FIRST_PAUSE_SECONDS
    while (answer := await ask()) is None:
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
    return answer


def _begin(link: Link, machine: MachineId, arguments: tuple[str, ...], doing: str) -> int | None:
    """Start the program and return its process; None while the agent does not answer."""
    path, *others = arguments
    domain = lookup.require_domain(link.connection, machine)
    try:
        return int(_told(domain, "guest-exec", {"path": path, "arg": others})["pid"])
    except libvirt.libvirtError as error:
        if is_connection_lost(error):
            raise
        if error.get_error_code() in _NOT_ANSWERING:
            return None
        raise WrongState(f"cannot {doing}: the guest agent said: {error.get_error_message()}") from error


def _look(link: Link, machine: MachineId, process: int) -> Exit | None:
    """Return how the program ended; None while it runs or the agent does not answer."""
    domain = lookup.require_domain(link.connection, machine)
    try:
        said = _told(domain, "guest-exec-status", {"pid": process})
    except libvirt.libvirtError as error:
        if error.get_error_code() in _NOT_ANSWERING:
            return None
        raise
    return Exit(said.get("exitcode"), said.get("signal")) if said.get("exited") else None


def _told(domain: libvirt.virDomain, verb: str, arguments: dict[str, object]) -> dict[str, int]:
    """Ask the agent; a guest is never trusted to answer sense."""
    order = json.dumps({"execute": verb, "arguments": arguments})
    answer = libvirt_qemu.qemuAgentCommand(domain, order, _ANSWER_SECONDS, 0)
    try:
        said = json.loads(answer)["return"]
    except (ValueError, KeyError, TypeError):
        said = None
    if not isinstance(said, dict) or not all(isinstance(value, int | str) for value in said.values()):
        raise ProviderFault(f"the guest agent of {domain.name()} answered {verb} with nonsense")
    return {name: value for name, value in said.items() if isinstance(value, int)}

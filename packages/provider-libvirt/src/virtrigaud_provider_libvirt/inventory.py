"""What is known about machines without asking again, so that a list costs the same for one machine and for many.

Holds each machine's documents until an event says that it changed, what its agent said while it runs,
leases of earlier runs, and crashes that were dealt with. Used from worker threads and from the event loop.
"""

import threading
from dataclasses import dataclass, field

from virtrigaud_api.contract import MachineId

from virtrigaud_provider_libvirt.domain_xml.reading import MachineDocument
from virtrigaud_provider_libvirt.guest_agent import AgentFacts
from virtrigaud_provider_libvirt.leases import Lease


@dataclass(frozen=True, slots=True)
class Documents:
    """A machine's documents: as stored, and as it runs (the stored one again when it does not run)."""

    stored: MachineDocument
    running: MachineDocument


@dataclass(slots=True)
class _Entry:
    documents: Documents | None = None
    agent: AgentFacts | None = None
    earlier_leases: frozenset[Lease] = frozenset()
    crash_accepted: bool = False
    changes: int = 0


@dataclass(slots=True)
class Inventory:
    """One inventory a provider."""

    _entries: dict[MachineId, _Entry] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def documents(self, machine: MachineId) -> Documents | None:
        """The machine's documents, unless it changed since they were read."""
        with self._lock:
            entry = self._entries.get(machine)
            return None if entry is None else entry.documents

    def changes(self, machine: MachineId) -> int:
        """How often the machine changed; taken before its documents are read and given back with them."""
        with self._lock:
            return self._entry(machine).changes

    def keep(self, machine: MachineId, documents: Documents, *, as_of: int) -> None:
        """Keep documents, unless the machine changed while they were read."""
        with self._lock:
            entry = self._entry(machine)
            if entry.changes == as_of:
                entry.documents = documents

    def agent(self, machine: MachineId) -> AgentFacts:
        """What the agent said last in this run of the machine."""
        with self._lock:
            entry = self._entries.get(machine)
            return AgentFacts() if entry is None or entry.agent is None else entry.agent

    def keep_agent(self, machine: MachineId, facts: AgentFacts) -> None:
        """Keep what the agent said."""
        with self._lock:
            self._entry(machine).agent = facts

    def keep_earlier_leases(self, machine: MachineId, leases: frozenset[Lease]) -> None:
        """Keep the leases that are there before a run begins: the guest does not have these addresses yet."""
        with self._lock:
            self._entry(machine).earlier_leases = leases

    def earlier_leases(self, machine: MachineId) -> frozenset[Lease]:
        """The leases of earlier runs."""
        with self._lock:
            entry = self._entries.get(machine)
            return frozenset() if entry is None else entry.earlier_leases

    def accept_crash(self, machine: MachineId) -> None:
        """Somebody asked for the crashed machine to be off, and off it is."""
        with self._lock:
            self._entry(machine).crash_accepted = True

    def is_crash_accepted(self, machine: MachineId) -> bool:
        """The machine's last crash was dealt with."""
        with self._lock:
            entry = self._entries.get(machine)
            return entry is not None and entry.crash_accepted

    def changed(self, machine: MachineId) -> None:
        """The machine changed: what was read before counts no more."""
        with self._lock:
            entry = self._entry(machine)
            entry.changes += 1
            entry.documents = None

    def started_or_stopped(self, machine: MachineId) -> None:
        """A run of the machine began or ended: what its guest said counts no more."""
        with self._lock:
            entry = self._entry(machine)
            entry.changes += 1
            entry.documents = entry.agent = None
            entry.crash_accepted = False

    def gone(self, machine: MachineId) -> None:
        """The machine does not exist any more."""
        with self._lock:
            self._entries.pop(machine, None)

    def clear(self) -> None:
        """Events were missed: nothing that was read before counts."""
        with self._lock:
            self._entries.clear()

    def _entry(self, machine: MachineId) -> _Entry:
        return self._entries.setdefault(machine, _Entry())

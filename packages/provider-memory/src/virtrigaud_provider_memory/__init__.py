"""The reference provider of VirtRigaud: machines that live in memory."""

from virtrigaud_provider_memory.administrator import Administrator
from virtrigaud_provider_memory.faults import Fault, FaultKind, Faults
from virtrigaud_provider_memory.provider import MemoryProvider
from virtrigaud_provider_memory.settings import MemorySettings
from virtrigaud_provider_memory.verbs import Verb

__all__ = ["Administrator", "Fault", "FaultKind", "Faults", "MemoryProvider", "MemorySettings", "Verb"]

"""Processor time of processes: what a thing costs, however busy the machine is."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Meter:
    """The processor time of some processes since it was started, each by what it is called."""

    pids: Mapping[str, int]
    began: Mapping[str, float]

    @classmethod
    def start(cls, pids: Mapping[str, int]) -> "Meter":
        """Begin to measure."""
        return cls(pids, {name: processor_seconds(pid) for name, pid in pids.items()})

    def seconds(self) -> dict[str, float]:
        """Return what each has used up."""
        return {name: processor_seconds(pid) - self.began[name] for name, pid in self.pids.items()}

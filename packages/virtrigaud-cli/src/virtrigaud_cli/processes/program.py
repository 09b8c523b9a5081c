"""A program to run: its argument vector, environment and log file. A value, started by `child_process`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Program:
    """What to run and where its words go; the environment may hold secrets and is never shown."""

    name: str
    arguments: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    folder: Path | None = None
    stop_grace_seconds: float = 15

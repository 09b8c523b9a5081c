"""How the memory hypervisor behaves: everything that a test or a demonstration may want to set.

`MemoryProvider` takes these settings as an object; the process takes the same ones from flags and from
the environment (`VIRTRIGAUD_MEMORY_*`).
"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

from pydantic import AliasGenerator, BeforeValidator, Field, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict
from virtrigaud_api.contract import GiB, MiB
from virtrigaud_provider_sdk.settings import ProviderSettings

from virtrigaud_provider_memory.faults import Fault
from virtrigaud_provider_memory.verbs import Verb

PROVIDER_TYPE: Final = "memory"
_PREFIX: Final = "VIRTRIGAUD_MEMORY_"


def _seconds(value: object) -> object:
    """Read "1.5" as seconds; everything else is left to pydantic, which reads ISO 8601."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _names(value: object) -> object:
    """Read "a, b" as two names."""
    return _split(value) if isinstance(value, str) else value


def _pairs(value: object) -> object:
    """Read "create=2, power=0.5" as pairs."""
    return dict(pair.partition("=")[::2] for pair in _split(value)) if isinstance(value, str) else value


def _split(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _json(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


Duration = Annotated[timedelta, BeforeValidator(_seconds), Field(ge=timedelta(0))]
"""A time span: seconds ("1.5") or ISO 8601 ("PT1.5S")."""

Names = Annotated[frozenset[str], NoDecode, BeforeValidator(_names)]
"""A set of names, in text as a comma list."""


class MemorySettings(ProviderSettings):
    """Run a VirtRigaud provider whose machines live in memory, or in one file."""

    model_config = SettingsConfigDict(
        alias_generator=AliasGenerator(validation_alias=lambda field: _PREFIX + field.upper())
    )

    provider_type: str = Field(
        default=PROVIDER_TYPE, validation_alias="PROVIDER_TYPE", description="spec.type of the Provider"
    )

    state: Path | None = Field(
        default=None, description="SQLite file that machines survive in, and tasks beside it; unset: none does"
    )
    staging: Path | None = Field(
        default=None, description="Directory with one directory a PVC; unset: mnt/migration-storage below mount root"
    )

    task_duration: Duration = Field(default=timedelta(0), description="How long a task takes; 0: done at once")
    durations: Annotated[dict[Verb, Duration], NoDecode, BeforeValidator(_pairs)] = Field(
        default={}, description="Other durations by verb, as in create=2,power=0.5"
    )
    address_delay: Duration = Field(default=timedelta(0), description="From power on to the first address")
    shutdown_duration: Duration = Field(default=timedelta(0), description="How long a guest takes to shut down")
    guest_ignores_shutdown: bool = Field(default=False, description="Guests do not react to a graceful shutdown")
    reconfigure_online: bool = Field(default=True, description="A running machine can gain CPUs and memory")

    suspend: bool = Field(default=True, description="A running machine can be suspended")

    images: Names | None = Field(default=None, description="Comma list of the images there are; unset: every name")
    damaged_images: Names = Field(default=frozenset(), description="Comma list of images that match no checksum")
    image_size: GiB = Field(default=GiB(1), gt=0, description="Capacity of an image in GiB")
    networks: Names | None = Field(default=None, description="Comma list of networks and bridges; unset: every name")
    storages: Names | None = Field(default=None, description="Comma list of datastores and pools; unset: every name")

    capacity_cpus: int | None = Field(default=None, gt=0, description="CPUs that all running machines may have")
    capacity_memory: MiB | None = Field(default=None, gt=0, description="MiB that all running machines may have")
    capacity_disk: GiB | None = Field(default=None, gt=0, description="GiB that all disks may have")

    faults: Annotated[tuple[Fault, ...], NoDecode, BeforeValidator(_json)] = Field(
        default=(), description='What fails, as JSON: [{"verb": "create", "kind": "fail", "error": "Busy", "times": 2}]'
    )
    unreachable_while: Path | None = Field(
        default=None, description="The hypervisor can't be reached while this file exists"
    )

    @field_validator("endpoint")
    @classmethod
    def _is_memory(cls, endpoint: str) -> str:
        if endpoint and not endpoint.startswith(f"{PROVIDER_TYPE}://"):
            raise ValueError(f"the endpoint of a memory provider begins with {PROVIDER_TYPE}://")
        return endpoint

    def duration(self, verb: Verb) -> timedelta:
        """Return how long a task of the verb takes."""
        return self.durations.get(verb, self.task_duration)

    @property
    def task_journal(self) -> Path:
        """The file in which tasks survive a restart: beside that of the machines, where there is one."""
        if self.state is None or self.state_directory is not None:
            return super().task_journal
        return self.state.with_name(f"{self.state.name}-tasks")

    @property
    def staging_directory(self) -> Path:
        """Where staging places of backend pvc are mounted."""
        return self.staging or self.mount_root / "mnt/migration-storage"

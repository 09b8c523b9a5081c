from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from virtrigaud_provider_memory import Fault, FaultKind, MemorySettings, Verb


def test_everything_can_be_set_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "STATE": "/var/lib/hypervisor",
        "TASK_DURATION": "1.5",
        "DURATIONS": "create=2, power=PT0.5S",
        "IMAGES": "debian-12, alpine",
        "NETWORKS": "",
        "CAPACITY_CPUS": "8",
        "FAULTS": '[{"verb": "create", "kind": "lose_reply", "times": 2}]',
    }.items():
        monkeypatch.setenv(f"VIRTRIGAUD_MEMORY_{name}", value)
    settings = MemorySettings()
    assert settings.state == Path("/var/lib/hypervisor")
    assert settings.duration(Verb.DELETE) == timedelta(seconds=1.5)
    assert settings.duration(Verb.CREATE) == timedelta(seconds=2)
    assert settings.duration(Verb.POWER) == timedelta(seconds=0.5)
    assert (settings.images, settings.networks) == (frozenset({"debian-12", "alpine"}), frozenset())
    assert settings.capacity_cpus == 8
    assert settings.faults == (Fault(verb=Verb.CREATE, kind=FaultKind.LOSE_REPLY, times=2),)


def test_staging_places_are_below_the_mount_root() -> None:
    assert MemorySettings(mount_root=Path("/pod")).staging_directory == Path("/pod/mnt/migration-storage")
    assert MemorySettings(staging=Path("/staging")).staging_directory == Path("/staging")


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("durations", "fly=2", "Input should be 'validate', 'create'"),
        ("durations", "create=-1", "greater than or equal to"),
        ("durations", "create", "duration"),
        ("faults", "{", "property name"),
        ("faults", '[{"verb": "create", "error": "Boom"}]', "'Boom' is no error of the taxonomy"),
        ("endpoint", "qemu:///system", "begins with memory://"),
        ("capacity_cpus", 0, "greater than 0"),
    ],
)
def test_what_can_not_be_is_explained(name: str, value: object, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        MemorySettings.model_validate({name: value})


def test_an_endpoint_of_its_own_scheme_is_taken() -> None:
    assert MemorySettings.model_validate({"endpoint": "memory://demo"}).endpoint == "memory://demo"

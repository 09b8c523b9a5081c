"""What qemu-img says becomes the right error, and what one run takes is bounded."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from virtrigaud_provider_sdk import (
    Busy,
    InvalidSpec,
    NoCapacity,
    NotFound,
    ProviderError,
    ProviderFault,
    Refused,
    Unavailable,
    Unsupported,
)
from virtrigaud_provider_sdk.disk_image import DiskImage, ImageFormat, info
from virtrigaud_provider_sdk.disk_image.process import Limits, Run, run_qemu_img

FakeProgram = Callable[[str], None]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("qemu-img: error while writing at byte 0: No space left on device", NoCapacity),
        ('qemu-img: Could not open: Failed to get "write" lock\nIs another process using the image?', Busy),
        ("qemu-img: Could not open 'disk': No such file or directory", NotFound),
        ("qemu-img: Could not open 'disk': Permission denied", Refused),
        ("qemu-img: error while reading: Input/output error", Unavailable),
        ("qemu-img: Image is corrupt; cannot be opened read/write", InvalidSpec),
        ("qemu-img: something that nobody foresaw", ProviderFault),
    ],
)
async def test_the_kind_follows_from_the_words(
    qemu_img_that: FakeProgram, tmp_path: Path, said: str, kind: type[ProviderError]
) -> None:
    qemu_img_that(f"cat >&2 <<'END'\n{said}\nEND\nexit 1")
    with pytest.raises(kind) as raised:
        await info(DiskImage(tmp_path / "disk", ImageFormat.QCOW2))
    assert raised.value.message == f"cannot look at image disk: {' '.join(said.removeprefix('qemu-img: ').split())}"


async def test_folders_of_the_host_are_not_told(qemu_img_that: FakeProgram, tmp_path: Path) -> None:
    qemu_img_that(f"echo \"Could not open '{tmp_path}/disk' below {tmp_path}\" >&2; exit 1")
    with pytest.raises(InvalidSpec) as raised:
        await info(DiskImage(tmp_path / "disk", ImageFormat.QCOW2))
    assert raised.value.message == f"cannot look at image disk: Could not open 'disk' below {tmp_path.name}"


async def test_the_program_gets_nothing_of_our_environment(
    qemu_img_that: FakeProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    qemu_img_that("env | sed 's/=.*//' | sort | tr '\\n' ' ' >&2; exit 1")
    with pytest.raises(ProviderFault) as raised:
        await info(DiskImage(tmp_path / "disk", ImageFormat.QCOW2))
    assert raised.value.message == "cannot look at image disk: LC_ALL PATH PWD"


async def test_where_it_is_not_installed_the_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unsupported) as raised:
        await info(DiskImage(tmp_path / "disk", ImageFormat.QCOW2))
    missing = "qemu-img is not installed (Debian package qemu-utils)"
    assert raised.value.message == f"cannot look at image disk: {missing}"


async def test_an_answer_that_is_no_json_is_a_fault(qemu_img_that: FakeProgram, tmp_path: Path) -> None:
    qemu_img_that("echo nonsense")
    with pytest.raises(ProviderFault) as raised:
        await info(DiskImage(tmp_path / "disk", ImageFormat.QCOW2))
    assert raised.value.message == "cannot read what qemu-img said: it is no JSON"


def has_ended(pid: str) -> bool:
    status = Path("/proc", pid, "stat")
    return not status.exists() or status.read_text().rpartition(") ")[2].startswith("Z")


async def test_a_run_without_end_is_ended_with_all_its_children(qemu_img_that: FakeProgram, tmp_path: Path) -> None:
    qemu_img_that(f"sleep 300 & echo $! > {tmp_path}/child; wait")
    with pytest.raises(InvalidSpec) as raised:
        await run_qemu_img(Run("look at image disk", ()), [], limits=Limits(time=timedelta(seconds=1)))
    assert raised.value.message == "cannot look at image disk: qemu-img did not finish in 0:00:01"
    assert has_ended((tmp_path / "child").read_text().strip())


async def test_memory_and_processor_time_are_bounded(qemu_img_that: FakeProgram) -> None:
    limited = "grep -q 'cpu time  *30  *30  *seconds' /proc/$$/limits"
    qemu_img_that(f"until {limited}; do sleep 0.01; done; grep 'address space' /proc/$$/limits >&2; exit 1")
    with pytest.raises(ProviderFault) as raised:
        await run_qemu_img(Run("look at image disk", ()), [])
    assert raised.value.message == f"cannot look at image disk: Max address space {1 << 30} {1 << 30} bytes"


async def test_a_flood_of_output_is_not_kept(qemu_img_that: FakeProgram) -> None:
    qemu_img_that("head -c 33554432 /dev/zero; exit 0")
    assert len(await run_qemu_img(Run("look at image disk", ()), [])) == 4 << 20

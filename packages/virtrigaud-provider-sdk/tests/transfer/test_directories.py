"""Mounted claims and exports: nobody gets out of them, by a path or by a link."""

import os
from collections.abc import AsyncIterator
from pathlib import Path, PurePosixPath

import pytest
from staging_places import DISK, NAME, STAGED, collected, pieces
from virtrigaud_provider_sdk import Backend, InvalidSpec, NotFound, ProviderError, StagingPlace
from virtrigaud_provider_sdk.staging import Staged, StagingSettings, open_staging
from virtrigaud_provider_sdk.staging.directory import DirectoryStaging
from virtrigaud_provider_sdk.staging.nfs import nfs_staging
from virtrigaud_provider_sdk.staging.pvc import pvc_staging

SECRET = b"hunter2"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A mounted claim beside a file that nobody may read or write through it."""
    (tmp_path / "secret").write_bytes(SECRET)
    claim = tmp_path / "mnt/migration-storage/claim"
    claim.mkdir(parents=True)
    return claim


def staged_at(root: Path, below: str = NAME) -> DirectoryStaging:
    return DirectoryStaging(root, PurePosixPath(below))


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def remove_drafts(folder: Path) -> None:
    for draft in folder.glob(".*.part"):
        draft.unlink()


@pytest.mark.parametrize("below", ["", "/etc/passwd", "..", "../secret", "a/../../secret", "a\nb", "a\0b"])
def test_a_path_that_climbs_is_refused(root: Path, below: str) -> None:
    with pytest.raises(InvalidSpec, match="is not one below its root"):
        staged_at(root, below)


@pytest.mark.parametrize(
    "url",
    ["pvc://claim/../secret", "pvc://claim/%2e%2e/secret", "pvc://../claim/disk", "pvc://./disk", "pvc://a%2fb/c"],
)
def test_an_address_that_climbs_is_refused(root: Path, url: str) -> None:
    with pytest.raises(InvalidSpec):
        pvc_staging(StagingPlace(url=url), root.parents[2])


async def test_a_link_in_a_folders_place_is_not_followed(root: Path) -> None:
    (root / "vmmigrations").symlink_to(root.parents[2])
    for act in (staged_at(root).stat(), staged_at(root).write(pieces(DISK)), staged_at(root).delete()):
        with pytest.raises(InvalidSpec, match="a link or a file is in a folder's place"):
            await act
    assert tree(root) == ["vmmigrations"]


async def test_a_link_in_the_files_place_is_neither_read_nor_replaced(root: Path) -> None:
    secret = root.parents[2] / "secret"
    (root / "disk").symlink_to(secret)
    staging = staged_at(root, "disk")
    assert await staging.stat() == Staged(size_bytes=0)
    for act in (collected(staging.read()), staging.write(pieces(DISK)), staging.delete()):
        with pytest.raises(ProviderError):
            await act
    assert secret.read_bytes() == SECRET


async def test_a_link_in_the_seals_place_is_replaced_and_not_written_through(root: Path) -> None:
    secret = root.parents[2] / "secret"
    (root / "disk.sha256").symlink_to(secret)
    assert await staged_at(root, "disk").write(pieces(DISK)) == STAGED
    assert secret.read_bytes() == SECRET


async def test_a_pipe_in_the_files_place_holds_nothing_up(root: Path) -> None:
    os.mkfifo(root / "disk")
    with pytest.raises(ProviderError):
        await collected(staged_at(root, "disk").read())


async def test_l30_what_is_staged_is_readable_by_its_owner_only(root: Path) -> None:
    await staged_at(root, "disk").write(pieces(DISK))
    assert [(root / name).stat().st_mode & 0o777 for name in ("disk", "disk.sha256")] == [0o600, 0o600]


async def test_folders_that_we_made_go_with_the_file(root: Path) -> None:
    await staged_at(root).write(pieces(DISK))
    assert "vmmigrations/shop/web" in tree(root)
    await staged_at(root).delete()
    assert tree(root) == []


async def test_drafts_of_a_process_that_was_killed_are_removed(root: Path) -> None:
    (root / ".disk.0011223344556677.part").write_bytes(b"half")
    (root / ".other.0011223344556677.part").write_bytes(b"half of another")
    await staged_at(root, "disk").write(pieces(DISK))
    assert tree(root) == [".other.0011223344556677.part", "disk", "disk.sha256"]
    (root / ".disk.0011223344556677.part").write_bytes(b"half")
    await staged_at(root, "disk").delete()
    assert tree(root) == [".other.0011223344556677.part"]


async def test_a_seal_without_its_file_does_not_stay_behind_a_failure(root: Path) -> None:
    async def pulls_the_folder_away() -> AsyncIterator[bytes]:
        yield DISK
        remove_drafts(root)

    with pytest.raises(NotFound, match=r"cannot write disk: No such file or directory"):
        await staged_at(root, "disk").write(pulls_the_folder_away())
    assert tree(root) == []


async def test_a_claim_that_is_not_mounted_is_said_by_name(root: Path) -> None:
    place = StagingPlace(url=f"pvc://other/{NAME}")
    with pytest.raises(NotFound, match="the PersistentVolumeClaim other is not mounted in this provider"):
        async with open_staging(place, StagingSettings(mount_root=root.parents[2])):
            raise AssertionError


async def test_an_export_that_is_not_mounted_is_no_folder_to_write_to(tmp_path: Path) -> None:
    (tmp_path / "mnt/migration-nfs/192.0.2.7/srv").mkdir(parents=True)
    place = StagingPlace(url="nfs://192.0.2.7/srv/disk?uid=1&gid=2", backend=Backend.NFS)
    with pytest.raises(NotFound) as raised:
        async with open_staging(place, StagingSettings(mount_root=tmp_path)):
            raise AssertionError
    on_the_way = "no export of the NFS server 192.0.2.7 on the way to /srv/disk"
    assert raised.value.message == f"{on_the_way} is mounted in this provider"


@pytest.mark.parametrize(
    "place",
    [
        StagingPlace(url="nfs://192.0.2.7/srv/disk?gid=2222&uid=1111", backend=Backend.NFS),
        StagingPlace(url="nfs://192.0.2.7/srv/disk", backend=Backend.NFS, options={"uid": 1111, "gid": 2222}),
    ],
)
async def test_a_file_on_nfs_is_given_to_the_wanted_owner(tmp_path: Path, place: StagingPlace) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file to somebody else")
    export = tmp_path / "mnt/migration-nfs/192.0.2.7/srv"
    export.mkdir(parents=True)
    staging = nfs_staging(place, tmp_path, is_mount=lambda path: path == export)
    await staging.write(pieces(DISK))
    found = os.stat(export / "disk")  # noqa: PTH116
    assert (found.st_uid, found.st_gid) == (1111, 2222)


async def test_an_owner_that_is_no_number_is_refused(tmp_path: Path) -> None:
    place = StagingPlace(url="nfs://192.0.2.7/srv/disk?uid=root&gid=0", backend=Backend.NFS)
    with pytest.raises(InvalidSpec, match="uid and gid of an NFS staging place must be numbers"):
        nfs_staging(place, tmp_path, is_mount=lambda _path: True)

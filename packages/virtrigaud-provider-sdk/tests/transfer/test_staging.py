"""What holds for every staging place: whole or not at all, ours or left alone, and nothing left over."""

import asyncio
import hashlib
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from staging_places import DISK, NAME, SEAL, STAGED, Place, collected, pieces
from virtrigaud_provider_sdk import Conflict, InvalidSpec, NotFound
from virtrigaud_provider_sdk.staging import Staged, fetch_staged, stage_file
from web_peers import MIB, names_in

WHOLE = {NAME: DISK, f"{NAME}.sha256": SEAL}


async def test_what_is_staged_is_read_back_with_its_checksum(place: Place) -> None:
    async with place.open() as staging:
        assert await staging.stat() is None
        told: list[int] = []
        assert await staging.write(pieces(DISK), expected_bytes=len(DISK), progress=told.append) == STAGED
        assert await staging.stat() == STAGED
        assert await collected(staging.read()) == DISK
    assert place.contents() == WHOLE
    assert told == sorted(told)
    assert told[-1] == len(DISK)


@pytest.mark.parametrize("offset", [1, 5 * MIB, len(DISK) - 1, len(DISK), len(DISK) + 9])
async def test_reading_begins_where_it_is_asked_to(place: Place, offset: int) -> None:
    async with place.open() as staging:
        await staging.write(pieces(DISK))
        assert await collected(staging.read(offset)) == DISK[offset:]


@pytest.mark.parametrize("length", [0, 1, 5 * MIB - 1, 5 * MIB, 5 * MIB + 1, 10 * MIB])
async def test_every_length_is_staged(place: Place, length: int) -> None:
    content = DISK[:length]
    async with place.open() as staging:
        staged = await staging.write(pieces(content, 700_000))
        assert staged == Staged(size_bytes=length, sha256=hashlib.sha256(content).hexdigest())
        assert await staging.stat() == staged
        assert await collected(staging.read()) == content


async def test_staging_again_replaces_what_we_staged(place: Place) -> None:
    async with place.open() as staging:
        await staging.write(pieces(b"the first export" * MIB))
        assert await staging.write(pieces(DISK)) == STAGED
        assert await staging.stat() == STAGED
    assert place.contents() == WHOLE


@pytest.mark.parametrize("length", [MIB, 12 * MIB])
async def test_a_source_that_fails_leaves_nothing_behind(place: Place, length: int) -> None:
    async def failing() -> AsyncIterator[bytes]:
        async for piece in pieces(DISK[:length]):
            yield piece
        raise NotFound("the disk is gone")

    async with place.open() as staging:
        with pytest.raises(NotFound, match="the disk is gone"):
            await staging.write(failing())
        assert await staging.stat() is None
    assert place.contents() == {}


@pytest.mark.parametrize("length", [MIB, 12 * MIB])
async def test_a_cancelled_transfer_leaves_nothing_behind(place: Place, length: int) -> None:
    waits = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        async for piece in pieces(DISK[:length]):
            yield piece
        waits.set()
        await asyncio.Event().wait()

    async with place.open() as staging:
        job = asyncio.create_task(staging.write(endless()))
        await waits.wait()
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        assert await staging.stat() is None
    assert place.contents() == {}


async def test_l03_what_somebody_else_has_put_there_is_neither_replaced_nor_removed(place: Place) -> None:
    place.put(NAME, b"mine")
    async with place.open() as staging:
        assert await staging.stat() == Staged(size_bytes=4, sha256=None)
        with pytest.raises(Conflict, match="is there that VirtRigaud has not put there"):
            await staging.write(pieces(DISK))
        with pytest.raises(Conflict, match="is there that VirtRigaud has not put there"):
            await staging.delete()
        assert await collected(staging.read()) == b"mine"
    assert place.contents() == {NAME: b"mine"}


async def test_l03_what_replaced_ours_is_not_ours(place: Place) -> None:
    async with place.open() as staging:
        await staging.write(pieces(DISK))
        place.put(NAME, b"mine")
        assert await staging.stat() == Staged(size_bytes=4, sha256=None)
        with pytest.raises(Conflict):
            await staging.delete()
    assert place.contents() == {NAME: b"mine", f"{NAME}.sha256": SEAL}


async def test_l03_what_we_staged_is_removed_and_its_neighbours_stay(place: Place) -> None:
    neighbours = {f"{NAME}.md5": b"theirs", "vmmigrations/shop/other/export.qcow2": b"theirs"}
    for name, content in neighbours.items():
        place.put(name, content)
    async with place.open() as staging:
        await staging.write(pieces(DISK))
        await staging.delete()
        await staging.delete()
        assert await staging.stat() is None
    assert place.contents() == neighbours


async def test_a_seal_that_is_left_alone_is_removed(place: Place) -> None:
    place.put(f"{NAME}.sha256", SEAL)
    async with place.open() as staging:
        assert await staging.stat() is None
        await staging.delete()
    assert place.contents() == {}


async def test_a_checksum_file_of_somebody_else_is_no_seal(place: Place) -> None:
    theirs = {NAME: b"mine", f"{NAME}.sha256": f"{'0' * 64}  export.qcow2\n".encode()}
    for name, content in theirs.items():
        place.put(name, content)
    async with place.open() as staging:
        assert await staging.stat() == Staged(size_bytes=4, sha256=None)
    assert place.contents() == theirs


async def test_reading_what_is_not_there_is_not_found(place: Place) -> None:
    async with place.open() as staging:
        with pytest.raises(NotFound):
            await collected(staging.read())


async def test_a_file_goes_there_and_back(place: Place, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (scratch / "out").write_bytes(DISK)
    async with place.open() as staging:
        assert await stage_file(staging, scratch / "out") == STAGED
        assert await fetch_staged(staging, scratch / "in", sha256=STAGED.sha256) == STAGED
    assert (scratch / "in").read_bytes() == DISK
    assert names_in(scratch) == ["in", "out"]


async def test_a_file_that_is_not_the_expected_one_is_not_kept(place: Place, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    async with place.open() as staging:
        await staging.write(pieces(DISK))
        with pytest.raises(InvalidSpec) as raised:
            await fetch_staged(staging, scratch / "in", sha256="0" * 64)
    wrong = f"the staged bytes have the SHA-256 {STAGED.sha256}, not {'0' * 64}"
    assert raised.value.message == f"cannot fetch in: {wrong}"
    assert names_in(scratch) == []


async def test_bytes_that_were_damaged_where_they_rest_are_noticed(place: Place, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    async with place.open() as staging:
        await staging.write(pieces(DISK))
        place.put(NAME, DISK[:-1] + b"?")
        with pytest.raises(InvalidSpec, match="cannot fetch in: the staged bytes have the SHA-256 "):
            await fetch_staged(staging, scratch / "in")
    assert names_in(scratch) == []


async def test_a_person_can_prove_what_is_staged_by_hand(place: Place, tmp_path: Path) -> None:
    async with place.open() as staging:
        await staging.write(pieces(DISK))
    for name, content in place.contents().items():
        (tmp_path / Path(name).name).write_bytes(content)
    command = ["sha256sum", "--check", "--strict", "export.qcow2.sha256"]
    proof = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: ASYNC221
    assert (proof.returncode, proof.stdout, proof.stderr) == (0, "export.qcow2: OK\n", "")

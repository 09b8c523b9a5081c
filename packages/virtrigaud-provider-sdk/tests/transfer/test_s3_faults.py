"""S3 over a bad way: what stumbles is tried again, what fails leaves nothing, and nothing wrong is taken for right."""

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from staging_places import DISK, NAME, SEAL, STAGED, FaultyWay, bucket_place, collected, pieces, s3_place
from virtrigaud_api.address_policy import AddressPolicy
from virtrigaud_provider_sdk import InvalidSpec, NotFound, ProviderError, Refused, Unavailable, WrongState
from virtrigaud_provider_sdk.guarded_http import Patience
from virtrigaud_provider_sdk.staging import Staging, fetch_staged
from virtrigaud_provider_sdk.staging.s3 import PartSizes, open_s3_staging
from web_peers import AT_ONCE, MIB, ON_LOOPBACK, names_in

Faulty = tuple[FaultyWay, str]
IMPATIENT = Patience(connect=timedelta(seconds=5), idle=timedelta(milliseconds=300))


def opened(endpoint: str, patience: Patience | None = None) -> AbstractAsyncContextManager[Staging]:
    place = s3_place(endpoint)
    return open_s3_staging(place, ON_LOOPBACK, AT_ONCE, patience=patience or Patience(), parts=PartSizes(5 * MIB))


@pytest.mark.parametrize("fault", ["drop", "503", "lost answer"])
@pytest.mark.parametrize(
    ("method", "query"),
    [("POST", "uploads"), ("PUT", "partNumber"), ("POST", "uploadId"), ("HEAD", None)],
)
async def test_a_request_that_stumbles_is_made_again(
    faulty: Faulty, s3_server: str, s3_outside: Any, fault: str, method: str, query: str | None
) -> None:
    way, url = faulty
    way.plan(fault, times=2, method=method, query=query)
    async with opened(url) as staging:
        assert await staging.write(pieces(DISK)) == STAGED
        assert await staging.stat() == STAGED
    found = bucket_place(s3_server, s3_outside).contents()
    if (fault, query) == ("lost answer", "uploads"):
        # Nobody knows the ids of those uploads any more; they go when the object is removed.
        assert {name: content for name, content in found.items() if content} == {NAME: DISK, f"{NAME}.sha256": SEAL}
        async with opened(url) as staging:
            await staging.delete()
        assert bucket_place(s3_server, s3_outside).contents() == {}
    else:
        assert found == {NAME: DISK, f"{NAME}.sha256": SEAL}


async def test_reading_goes_on_where_the_connection_broke(faulty: Faulty, s3_server: str, s3_outside: Any) -> None:
    bucket_place(s3_server, s3_outside).put(NAME, DISK)
    way, url = faulty
    way.plan("cut", times=5, method="GET")
    async with opened(url) as staging:
        assert await collected(staging.read()) == DISK
    assert len([asked for asked in way.asked if asked.startswith("GET") and asked.endswith("qcow2")]) == 6


@pytest.mark.parametrize(
    ("fault", "said"),
    [("drop", "the connection was lost"), ("503", "the server answered 503 (SlowDown)")],
)
async def test_a_server_that_stays_bad_is_given_up_and_nothing_is_left(
    faulty: Faulty, s3_server: str, s3_outside: Any, fault: str, said: str
) -> None:
    way, url = faulty
    way.plan(fault, times=99, method="PUT", query="partNumber")
    async with opened(url) as staging:
        with pytest.raises(Unavailable) as raised:
            await staging.write(pieces(DISK))
    assert raised.value.message == f"cannot write part 1 of {NAME}: {said}"
    assert bucket_place(s3_server, s3_outside).contents() == {}


async def test_a_completion_that_fails_leaves_no_seal(faulty: Faulty, s3_server: str, s3_outside: Any) -> None:
    way, url = faulty
    way.plan("503", times=99, method="POST", query="uploadId")
    async with opened(url) as staging:
        with pytest.raises(Unavailable, match=f"cannot complete {NAME}: the server answered 503"):
            await staging.write(pieces(DISK))
    assert bucket_place(s3_server, s3_outside).contents() == {}


async def test_a_server_that_falls_silent_is_given_up(faulty: Faulty, s3_outside: Any) -> None:
    assert s3_outside is not None
    way, url = faulty
    way.plan("silent", times=99, method="GET", query=None)
    s3_outside.put_object(Bucket="disks", Key=NAME, Body=b"disk")
    async with opened(url, IMPATIENT) as staging:
        with pytest.raises(Unavailable) as raised:
            await collected(staging.read())
    assert raised.value.message == f"cannot read {NAME}: the server took too long"


async def test_bytes_that_were_damaged_on_the_way_are_noticed(faulty: Faulty, s3_outside: Any, tmp_path: Path) -> None:
    assert s3_outside is not None
    way, url = faulty
    async with opened(url) as staging:
        await staging.write(pieces(DISK))
        way.plan("damaged", times=1, method="GET")
        with pytest.raises(InvalidSpec, match="cannot fetch disk: the staged bytes have the SHA-256 "):
            await fetch_staged(staging, tmp_path / "disk")
        assert names_in(tmp_path) == []
        assert await fetch_staged(staging, tmp_path / "disk") == STAGED


async def test_an_object_that_is_replaced_while_it_is_read_is_not_mixed(faulty: Faulty, s3_outside: Any) -> None:
    way, url = faulty
    s3_outside.put_object(Bucket="disks", Key=NAME, Body=DISK)
    way.plan("cut", times=1, method="GET")
    async with opened(url) as staging:
        chunks = staging.read()
        assert await anext(chunks)
        s3_outside.put_object(Bucket="disks", Key=NAME, Body=DISK[::-1])
        with pytest.raises(WrongState) as raised:
            await collected(chunks)
    assert raised.value.message == f"cannot read {NAME}: it was replaced meanwhile"


async def test_a_cancelled_upload_aborts_its_parts(faulty: Faulty, s3_server: str, s3_outside: Any) -> None:
    way, url = faulty
    started = asyncio.Event()
    async with opened(url) as staging:
        way.plan("silent", times=1, method="POST", query="uploadId")
        job = asyncio.create_task(staging.write(pieces(DISK), progress=lambda _done: started.set()))
        await started.wait()
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
    assert bucket_place(s3_server, s3_outside).contents() == {}


@pytest.mark.parametrize("length", [MIB, len(DISK)])
async def test_a_cancelled_transfer_takes_back_what_appeared_unanswered(
    faulty: Faulty, s3_server: str, s3_outside: Any, length: int
) -> None:
    way, url = faulty
    whole = bucket_place(s3_server, s3_outside)
    last = ("PUT", None) if length < 5 * MIB else ("POST", "uploadId")
    way.plan("silent afterwards", times=1, method=last[0], query=last[1])
    async with opened(url) as staging:
        job = asyncio.create_task(staging.write(pieces(DISK[:length])))
        await way.is_silent.wait()
        assert NAME in whole.contents()
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
    assert whole.contents() == {}


async def test_uploads_of_a_process_that_was_killed_are_aborted(s3_server: str, s3_outside: Any) -> None:
    s3_outside.create_multipart_upload(Bucket="disks", Key=NAME)
    s3_outside.create_multipart_upload(Bucket="disks", Key=f"{NAME}.other")
    async with opened(s3_server) as staging:
        await staging.delete()
    assert bucket_place(s3_server, s3_outside).contents() == {f"unfinished {NAME}.other": b""}


async def test_a_bucket_that_is_not_there_is_not_found(s3_server: str) -> None:
    async with opened(s3_server) as staging:
        with pytest.raises(NotFound, match=r"the server answered 404 \(NoSuchBucket\)"):
            await staging.write(pieces(DISK))


async def test_l33_an_endpoint_passes_the_address_policy(s3_server: str) -> None:
    place = s3_place(s3_server)
    async with open_s3_staging(place, AddressPolicy(), AT_ONCE) as staging:
        with pytest.raises(InvalidSpec) as raised:
            await staging.stat()
    assert raised.value.message == "connections to 127.0.0.1 are refused: it is a loopback address"


async def test_l31_no_secret_is_in_an_error_or_a_repr(faulty: Faulty, s3_outside: Any) -> None:
    assert s3_outside is not None
    way, url = faulty
    way.plan("503", times=99, method="HEAD")
    async with opened(url) as staging:
        with pytest.raises(ProviderError) as raised:
            await staging.stat()
    assert "hunter2" not in f"{raised.value!r} {s3_place(url)!r}"


def test_parts_grow_with_the_object_and_stay_equal() -> None:
    sizes = PartSizes()
    assert sizes.for_object(None) == 16 * MIB
    assert sizes.for_object(100 << 30) == 16 * MIB
    one_tebibyte = sizes.for_object(1 << 40)
    assert one_tebibyte == 105 * MIB
    assert one_tebibyte * 10_000 > 1 << 40


@pytest.mark.parametrize("missing", ["accessKeyID", "secretAccessKey"])
async def test_credentials_that_are_not_complete_are_refused(missing: str) -> None:
    given = s3_place("https://s3.example")
    credentials = {name: value for name, value in given.credentials.items() if name != missing}
    place = type(given)(url=given.url, backend=given.backend, options=given.options, credentials=credentials)
    with pytest.raises(Refused) as raised:
        await open_s3_staging(place, ON_LOOPBACK, AT_ONCE).__aenter__()
    assert raised.value.message == f"the credentials of the S3 staging place have no {missing}"

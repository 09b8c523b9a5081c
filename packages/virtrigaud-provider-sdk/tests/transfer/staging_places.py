"""The three kinds of staging place as tests use them: opened, filled by strangers, and looked into from outside."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web
from virtrigaud_provider_sdk import Backend, StagingPlace
from virtrigaud_provider_sdk.staging import Staged, Staging, StagingSettings, open_staging
from virtrigaud_provider_sdk.staging.nfs import nfs_staging
from virtrigaud_provider_sdk.staging.s3 import PartSizes, open_s3_staging
from web_peers import AT_ONCE, MIB, ON_LOOPBACK, noise

NAME = "vmmigrations/shop/web/export.qcow2"
SECRET = "hunter2-secret-key"
KEYS = {"accessKeyID": "AKIDEXAMPLE", "secretAccessKey": SECRET}
DISK = noise(13 * MIB + 5)
STAGED = Staged(size_bytes=len(DISK), sha256=hashlib.sha256(DISK).hexdigest())
SEAL = f"# staged by VirtRigaud, {len(DISK)} bytes\n{STAGED.sha256}  export.qcow2\n".encode()


@dataclass(frozen=True, slots=True)
class Place:
    """One kind of place: how to open it, what is in it by name, and how a stranger puts something there."""

    open: Callable[[], AbstractAsyncContextManager[Staging]]
    contents: Callable[[], Mapping[str, bytes]]
    put: Callable[[str, bytes], None]


async def pieces(content: bytes, size: int = MIB) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def collected(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


def s3_place(endpoint: str, **options: Any) -> StagingPlace:
    return StagingPlace(
        url=f"s3://disks/{NAME}",
        backend=Backend.S3,
        options={"bucket": "disks", "endpoint": endpoint, "region": "eu-north-1", "usePathStyle": True} | options,
        credentials=KEYS,
    )


class FaultyWay:
    """Between a client and an S3 server: passes all requests on, apart from those that a fault is planned for."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._faults: list[tuple[Callable[[web.Request], bool], str, int]] = []
        self.asked: list[str] = []
        self.is_silent = asyncio.Event()

    def plan(self, fault: str, *, times: int, method: str, query: str | None = None) -> None:
        """Have the next requests of a method go wrong: drop, cut, 503, silent, damaged, lost
        answer, silent afterwards."""

        def matches(request: web.Request) -> bool:
            is_object = request.path.endswith(".qcow2")
            return is_object and request.method == method and (query is None or query in request.query)

        self._faults.append((matches, fault, times))

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path_qs}")
        fault = self._next_fault(request)
        match fault:
            case "drop":
                return _hang_up(request)
            case "503":
                return web.Response(status=503, text="<Error><Code>SlowDown</Code></Error>")
            case "silent":
                await asyncio.Event().wait()
            case _:
                pass
        response = await self._pass_on(request)
        match fault:
            case "silent afterwards":
                self.is_silent.set()
                await asyncio.Event().wait()
            case "lost answer":
                return _hang_up(request)
            case "damaged":
                return web.Response(status=response.status, headers=response.headers, body=response.body[:-1] + b"?")
            case "cut":
                cut = web.StreamResponse(status=response.status, headers=response.headers)
                await cut.prepare(request)
                await cut.write(response.body[: len(response.body) // 2])
                return _hang_up(request)
            case _:
                pass
        return web.Response(status=response.status, headers=response.headers, body=response.body)

    def _next_fault(self, request: web.Request) -> str | None:
        for index, (matches, fault, times) in enumerate(self._faults):
            if times and matches(request):
                self._faults[index] = (matches, fault, times - 1)
                return fault
        return None

    async def _pass_on(self, request: web.Request) -> "_Answer":
        kept = {name: value for name, value in request.headers.items() if name.lower() not in {"host", "expect"}}
        async with (
            ClientSession(auto_decompress=False) as session,
            session.request(
                request.method, f"{self._server}{request.raw_path}", data=await request.read(), headers=kept
            ) as answer,
        ):
            wanted = ("ETag", "Content-Range", "Content-Type", "Content-Length")
            headers = {name: answer.headers[name] for name in wanted if name in answer.headers}
            return _Answer(answer.status, headers, await answer.read())


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.close()
    return web.Response()


def bucket_place(server: str, outside: Any) -> Place:
    def contents() -> Mapping[str, bytes]:
        listed = outside.list_objects_v2(Bucket="disks").get("Contents", ())
        names = [item["Key"] for item in listed]
        uploads = [item["Key"] for item in outside.list_multipart_uploads(Bucket="disks").get("Uploads", ())]
        found = {name: outside.get_object(Bucket="disks", Key=name)["Body"].read() for name in names}
        return found | {f"unfinished {name}": b"" for name in uploads}

    return Place(
        open=lambda: open_s3_staging(s3_place(server), ON_LOOPBACK, AT_ONCE, parts=PartSizes(5 * MIB)),
        contents=contents,
        put=lambda name, content: outside.put_object(Bucket="disks", Key=name, Body=content),
    )


def directory_place(kind: str, mount_root: Path) -> Place:
    """A mounted claim with folders, or a mounted export without."""
    if kind == "pvc":
        root = mount_root / "mnt/migration-storage/claim"
        wanted = StagingPlace(url=f"pvc://claim/{NAME}", backend=Backend.PVC)
        opened = partial(open_staging, wanted, StagingSettings(mount_root=mount_root))
    else:
        root = mount_root / "mnt/migration-nfs/192.0.2.7/srv/disks"
        wanted = StagingPlace(url=f"nfs://192.0.2.7/srv/disks/{NAME}", backend=Backend.NFS)
        (root / NAME).parent.mkdir(parents=True)
        opened = partial(_mounted, wanted, mount_root, root)
    root.mkdir(parents=True, exist_ok=True)

    def contents() -> Mapping[str, bytes]:
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def put(name: str, content: bytes) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)

    return Place(open=opened, contents=contents, put=put)


@asynccontextmanager
async def _mounted(wanted: StagingPlace, mount_root: Path, root: Path) -> AsyncIterator[Staging]:
    yield nfs_staging(wanted, mount_root, is_mount=lambda path: path == root)

"""Web servers on loopback that behave as badly as a test wants, and what downloads and staging share."""

import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest
import pytest_asyncio
from botocore.config import Config
from moto.server import ThreadedMotoServer

sys.path.insert(0, str(Path(__file__).parent))  # web_peers

from staging_places import FaultyWay, Place, bucket_place, directory_place
from web_peers import Handler, RawPeer, WebPeer

Serve = Callable[..., Awaitable[WebPeer]]


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start web servers with a free port each; all are stopped at the end."""
    async with AsyncExitStack() as stack:

        async def start(handler: Handler, host: str = "127.0.0.1") -> WebPeer:
            return await stack.enter_async_context(WebPeer(handler, host))

        yield start


@pytest_asyncio.fixture
async def untrusted_server(authority: Any, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A server whose certificate comes from an authority that nobody trusts."""
    identity = authority("an authority of nobody").issue("127.0.0.1")
    pem = tmp_path_factory.mktemp("tls") / "server.pem"
    pem.write_bytes(identity.certificate + identity.key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    async with RawPeer(b"", tls=context) as peer:
        yield f"{peer.url}/"


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """A real S3 server on loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_outside(s3_server: str) -> Iterator[Any]:
    """Another client's eyes: an empty bucket `disks` on the S3 server."""
    client = boto3.client(
        "s3",
        endpoint_url=s3_server,
        region_name="eu-north-1",
        aws_access_key_id="other",
        aws_secret_access_key="other",
        config=Config(s3={"addressing_style": "path"}, proxies={}),
    )
    client.create_bucket(Bucket="disks", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
    yield client
    for upload in client.list_multipart_uploads(Bucket="disks").get("Uploads", ()):
        client.abort_multipart_upload(Bucket="disks", Key=upload["Key"], UploadId=upload["UploadId"])
    for item in client.list_objects_v2(Bucket="disks").get("Contents", ()):
        client.delete_object(Bucket="disks", Key=item["Key"])
    client.delete_bucket(Bucket="disks")
    client.close()


@pytest_asyncio.fixture
async def faulty(serve: Serve, s3_server: str) -> tuple[FaultyWay, str]:
    """The way to the S3 server, and its address."""
    way = FaultyWay(s3_server)
    return way, (await serve(way)).url


@pytest.fixture(params=["pvc", "nfs", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Each kind of staging place."""
    if request.param == "s3":
        return bucket_place(request.getfixturevalue("s3_server"), request.getfixturevalue("s3_outside"))
    return directory_place(request.param, tmp_path)

"""How S3 is spoken to: the signature as AWS and its own client write it, and the address as the options say."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import boto3
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from staging_places import DISK, NAME, STAGED, collected, pieces, s3_place
from virtrigaud_provider_sdk import InvalidSpec, Refused
from virtrigaud_provider_sdk.staging import StagingSettings, open_staging
from virtrigaud_provider_sdk.staging.s3 import PartSizes, open_s3_staging
from virtrigaud_provider_sdk.staging.s3_address import bucket_address
from virtrigaud_provider_sdk.staging.s3_signature import AccessKey, S3Request, signed_headers
from web_peers import AT_ONCE, MIB, ON_LOOPBACK

NO_ENDPOINT = "an S3 endpoint is a scheme, a host and a port, and nothing more"
NOW = datetime(2013, 5, 24, tzinfo=UTC)
EXAMPLE = AccessKey(id="AKIAIOSFODNN7EXAMPLE", secret="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


def test_the_signature_is_the_one_of_the_documentation() -> None:
    request = S3Request(
        method="GET", host="examplebucket.s3.amazonaws.com", path="/test.txt", headers={"range": "bytes=0-9"}
    )
    assert signed_headers(request, EXAMPLE, "us-east-1", NOW)["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    )


@pytest.mark.parametrize(
    "path", ["/disks/plain", "/disks/a b/\u00e9+&=?#%41~.qcow2", "/disks//two//./slashes", "/disks/100%", "/"]
)
@pytest.mark.parametrize("query", [{}, {"uploads": ""}, {"uploadId": "a+/=b c", "partNumber": "7"}])
@pytest.mark.parametrize("token", [None, "session-token"])
def test_the_signature_is_the_one_of_awss_own_client(path: str, query: dict[str, str], token: str | None) -> None:
    key = AccessKey(id=EXAMPLE.id, secret=EXAMPLE.secret, session_token=token)
    ours = S3Request(method="PUT", host="s3.example:9000", path=path, query=query, body_sha256="ab" * 32)
    headers = signed_headers(ours, key, "eu-north-1")
    url = f"https://s3.example:9000{ours.encoded_path}"
    theirs: Any = AWSRequest("PUT", url, params=query, headers={"X-Amz-Content-SHA256": "ab" * 32})
    theirs.context["timestamp"] = headers["x-amz-date"]
    signer = FixedTimeAuth(Credentials(key.id, key.secret, token), "s3", "eu-north-1")
    assert headers["Authorization"].rpartition("Signature=")[2] == signer.signature_of(theirs)


class FixedTimeAuth(S3SigV4Auth):  # type: ignore[misc]
    """AWS's own signer at a moment that the test chooses."""

    def signature_of(self, request: Any) -> str:
        request.headers["X-Amz-Date"] = request.context["timestamp"]
        if self.credentials.token:
            request.headers["X-Amz-Security-Token"] = self.credentials.token
        canonical = self.canonical_request(request)
        return str(self.signature(self.string_to_sign(request, canonical), request))


@pytest.fixture
def checked_keys(s3_server: str, s3_outside: Any) -> Iterator[dict[str, str]]:
    """Keys of a user, on a server that checks signatures and rights as long as the test runs."""
    assert s3_outside is not None
    other = {"aws_access_key_id": "other", "aws_secret_access_key": "other", "region_name": "eu-north-1"}
    iam = boto3.client("iam", endpoint_url=s3_server, **other)
    iam.create_user(UserName=(user := f"virtrigaud-{uuid4()}"))
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=user, PolicyName="all", PolicyDocument=policy)
    made = iam.create_access_key(UserName=user)["AccessKey"]
    leave_unchecked(s3_server, b"0")
    yield {"accessKeyID": made["AccessKeyId"], "secretAccessKey": made["SecretAccessKey"]}
    leave_unchecked(s3_server, b"inf")


def leave_unchecked(server: str, requests: bytes) -> None:
    """Tell the server how many more requests it takes without a check."""
    order = Request(f"{server}/moto-api/reset-auth", data=requests, headers={"Content-Type": "text/plain"})  # noqa: S310
    with urlopen(order) as answer:  # noqa: S310 - our own server
        assert answer.status == 200


async def test_a_server_that_checks_signatures_takes_ours(s3_server: str, checked_keys: dict[str, str]) -> None:
    place = replace(s3_place(s3_server), credentials=checked_keys)
    async with open_s3_staging(place, ON_LOOPBACK, AT_ONCE, parts=PartSizes(5 * MIB)) as staging:
        assert await staging.write(pieces(DISK)) == STAGED
        assert await collected(staging.read(7)) == DISK[7:]
        await staging.delete()


async def test_a_server_that_checks_signatures_refuses_a_wrong_key(
    s3_server: str, checked_keys: dict[str, str]
) -> None:
    wrong = replace(s3_place(s3_server), credentials=checked_keys | {"secretAccessKey": "hunter2"})
    async with open_s3_staging(wrong, ON_LOOPBACK, AT_ONCE) as staging:
        with pytest.raises(Refused) as raised:
            await staging.write(pieces(DISK))
    assert raised.value.message == f"cannot look at {NAME}: the server answered 403"


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({"endpoint": "", "usePathStyle": False}, "https://disks.s3.eu-north-1.amazonaws.com/export"),
        ({"endpoint": "s3.example:9000"}, "https://s3.example:9000/disks/export"),
        ({"endpoint": "http://s3.example:80/"}, "http://s3.example/disks/export"),
        ({"endpoint": "https://s3.example", "usePathStyle": False}, "https://disks.s3.example/export"),
        ({"endpoint": "http://192.0.2.7:9000", "usePathStyle": False}, "http://192.0.2.7:9000/disks/export"),
        ({"endpoint": "http://[2001:db8::1]:9000"}, "http://[2001:db8::1]:9000/disks/export"),
    ],
)
def test_the_address_follows_the_options(options: dict[str, Any], url: str) -> None:
    address, name = bucket_address(s3_place(**options))
    assert name == NAME
    assert f"{address.endpoint.scheme}://{address.host}{address.path_of('export')}" == url
    assert address.region == "eu-north-1"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"url": "s3://other/key"}, "the staging address names the bucket 'other', its options name another"),
        ({"url": "https://disks/key"}, "the staging address must be s3://<name>/<path>"),
        ({"url": "s3://disks"}, "the staging address must be s3://<name>/<path>"),
        (
            {"options": {"endpoint": "ftp://s3.example"}},
            "a URL must begin with http:// or https:// and a host, not with 'ftp'",
        ),
        ({"options": {"endpoint": "https://s3.example/path"}}, NO_ENDPOINT),
        ({"options": {"endpoint": "https://me:hunter2@s3.example"}}, NO_ENDPOINT),
    ],
)
def test_an_address_that_cannot_be_right_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidSpec) as raised:
        bucket_address(replace(s3_place("https://s3.example"), **change))
    assert raised.value.message == message


def test_a_bucket_with_a_dot_stands_in_the_path_where_a_certificate_would_not_cover_it() -> None:
    place = s3_place("https://s3.example", bucket="my.disks", usePathStyle=False)
    address, _name = bucket_address(replace(place, url="s3://my.disks/export"))
    assert f"{address.host}{address.path_of('export')}" == "s3.example/my.disks/export"


WITHOUT_THE_EXTRA = """
import asyncio, sys
sys.modules["aiohttp"] = None
from virtrigaud_provider_sdk import Backend, StagingPlace, Unsupported
from virtrigaud_provider_sdk.staging import StagingSettings, open_staging

async def main():
    try:
        async with open_staging(StagingPlace(url="s3://disks/export", backend=Backend.S3), StagingSettings()):
            print("opened")
    except Unsupported as error:
        print(error.message)

asyncio.run(main())
"""


def test_without_the_extra_it_is_said_what_to_install() -> None:
    said = subprocess.run([sys.executable, "-c", WITHOUT_THE_EXTRA], capture_output=True, text=True, check=True).stdout
    missing = "virtrigaud-provider-sdk[s3] is not installed (aiohttp is missing)"
    assert said == f"cannot stage disks in S3: {missing}\n"


async def test_the_policy_of_the_provider_holds_for_s3(s3_server: str) -> None:
    async with open_staging(s3_place(s3_server), StagingSettings(retries=AT_ONCE)) as staging:
        with pytest.raises(InvalidSpec, match=r"connections to 127\.0\.0\.1 are refused: it is a loopback address"):
            await staging.stat()
    async with open_staging(s3_place(s3_server), StagingSettings(policy=ON_LOOPBACK, retries=AT_ONCE)) as staging:
        assert await staging.stat() is None


def test_l31_a_key_does_not_show_its_secrets() -> None:
    assert repr(EXAMPLE) == "AccessKey(id='AKIAIOSFODNN7EXAMPLE')"

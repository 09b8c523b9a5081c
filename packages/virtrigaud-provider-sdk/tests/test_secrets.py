"""Canary secrets are planted everywhere that a call can carry them, and found nowhere."""

import json
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from prometheus_client import generate_latest
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_provider_sdk import (
    BootImage,
    CredentialFiles,
    ExportOrder,
    GuestData,
    Hardware,
    MachineId,
    MachineSpec,
    MiB,
    Owner,
    ProviderError,
    Refused,
    StagingPlace,
    TaskRef,
    Unavailable,
)
from virtrigaud_provider_sdk.redaction import REDACTED, Redaction

CANARY = "canary-5f2c9b"


def spec() -> MachineSpec:
    secret = CANARY.encode()
    return MachineSpec(
        owner=Owner("shop", "web", "uid-1"),
        name="web",
        hardware=Hardware(cpus=1, memory=MiB(128)),
        boot=BootImage(path="/x.qcow2"),
        guest=GuestData(user_data=secret, meta_data=secret, network_data=secret, ignition=secret),
    )


@pytest.fixture
def credentials(settings: Any) -> CredentialFiles:
    """A mounted credentials Secret whose password is the canary."""
    directory: Path = settings().credentials_directory
    directory.mkdir(parents=True)
    (directory / "username").write_text("root\n")
    (directory / "password").write_text(f"{CANARY}\n")
    return CredentialFiles(directory)


async def test_l31_user_data_and_credentials_are_in_no_log_error_or_metric(
    plaintext: Any, tiny: Any, logs: Any, credentials: CredentialFiles
) -> None:
    password = credentials.require("password")
    place = StagingPlace(url="s3://bucket/x", credentials={"secretAccessKey": CANARY})
    errors: list[str] = []

    async def failing(call: Any) -> None:
        try:
            await call
        except ProviderError as error:
            errors.append(error.message)

    async with plaintext() as (_, channel):
        provider = GrpcProvider(channel)
        await provider.create(spec())
        await provider.reconfigure(MachineId("m"), spec())
        await failing(provider.export_disk(ExportOrder(machine=MachineId("m"), destination=place)))
        for error in (
            Refused(f"login with {password} failed"),
            Unavailable(f"https://root:{password}@host: no route"),
            ZeroDivisionError(f"the driver says {password}"),
        ):
            tiny.fails_with = tiny.invalid_because = error
            await failing(provider.describe(MachineId("m")))
            await failing(provider.validate())
        tiny.task_error = Refused(f"the hypervisor refused {password}")
        failed = (await provider.task(TaskRef("t"))).error
        assert failed is not None
        errors.append(failed.message)
        logging.getLogger("some.library").warning("connecting with password %s", password)
        structlog.get_logger().info("session", password="x", nested={"api_token": "y"}, said=[f"as {password}"])
    assert len(errors) == 8
    found = {"log": logs.getvalue(), "errors": "\n".join(errors), "metrics": generate_latest().decode()}
    assert {place for place, text in found.items() if CANARY in text} == set()
    assert f"login with {REDACTED} failed" in found["errors"]
    last = json.loads(logs.getvalue().splitlines()[-1])
    assert CANARY not in json.dumps(last)


def test_credentials_are_read_as_they_are_now_and_a_rotation_shows(credentials: CredentialFiles, settings: Any) -> None:
    directory: Path = settings().credentials_directory
    assert credentials.read("username", secret=False) == "root"
    before = credentials.stamp()
    assert credentials.stamp() == before
    fresh = directory / "fresh"
    fresh.write_text("another password")
    fresh.rename(directory / "password")
    assert credentials.stamp() != before
    assert credentials.require("password") == "another password"
    assert credentials.read("token") is None
    with pytest.raises(Refused, match="the credentials Secret has no key token"):
        credentials.require("token")
    assert CredentialFiles(directory / "absent").stamp() == ()


def test_l14_credentials_that_a_kubelet_swaps_are_seen_at_the_next_look(credentials_secret: Any) -> None:
    secret = credentials_secret
    secret.write(username=b"root", password=b"the first one")
    files = CredentialFiles(secret.directory)
    before = files.stamp()
    assert (files.require("password"), files.stamp()) == ("the first one", before)
    secret.write(username=b"root", password=b"the second one")
    assert files.stamp() != before
    assert files.require("password") == "the second one"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("dial qemu+ssh://root:pa55@host/system", "dial qemu+ssh://[redacted]@host/system"),
        ("dial qemu+ssh://root@host/system", "dial qemu+ssh://root@host/system"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer [redacted]"),
        ("a\n-----BEGIN EC PRIVATE KEY-----\nMIIB\n-----END EC PRIVATE KEY-----\nb", "a\n[redacted]\nb"),
        ("-----BEGIN PRIVATE KEY-----\nMIIB", "[redacted]"),
        ("nothing to hide: 10.0.0.1:8443/x@y", "nothing to hide: 10.0.0.1:8443/x@y"),
    ],
)
def test_text_that_looks_like_a_secret_is_cut_out(text: str, shown: str) -> None:
    assert Redaction().text(text) == shown


@pytest.mark.parametrize(
    ("key", "hidden"),
    [
        ("password", True), ("api_token", True), ("userData", True), ("credentials", True), ("private_key", True),
        ("passphrase", True), ("machine", False), ("token_id", False), ("task", False), ("passed", False),
    ],
)  # fmt: skip
def test_keys_that_speak_of_a_secret_hide_their_value(key: str, hidden: bool) -> None:  # noqa: FBT001 - a table
    assert (Redaction().entry(key, "value") == REDACTED) is hidden


def test_values_of_any_shape_are_searched() -> None:
    redaction = Redaction()
    redaction.conceal(f"{CANARY}\nsecond line of it\n")
    value = {
        "a": [f"x {CANARY}", (CANARY,)],
        "b": {CANARY},
        "c": b"\x00\x01",
        "d": timedelta(1),
        "e": "second line of it",
    }
    assert redaction.value(value) == {
        "a": [f"x {REDACTED}", [REDACTED]],
        "b": [REDACTED],
        "c": "<2 bytes>",
        "d": "1 day, 0:00:00",
        "e": REDACTED,
    }

"""The fixtures of the suite: the provider that the options name, and the lab around it."""

import importlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import grpc
import pytest
import pytest_asyncio
from virtrigaud_api.contract import BootImage, GiB, MachineProvider, MiB, RootDisk
from virtrigaud_api.tls_secret import TLS_AUTHORITY, TLS_CERTIFICATE, TLS_PRIVATE_KEY
from virtrigaud_api.wire.certificates import TlsMaterial, plaintext_channel, secure_channel
from virtrigaud_api.wire.client import GrpcProvider

from virtrigaud_provider_sdk.conformance.lab import Lab, Patience, capabilities_of
from virtrigaud_provider_sdk.conformance.specimens import Specimens


@pytest_asyncio.fixture
async def provider(request: pytest.FixtureRequest) -> AsyncIterator[MachineProvider]:
    """Yield the provider under test: the object that was named, or a connection to the address."""
    async with AsyncExitStack() as stack:
        name = request.config.getoption("--provider-object")
        if name is None:
            yield GrpcProvider(await stack.enter_async_context(_channel(request.config)))
            return
        made = _made(name)
        if isinstance(made, AbstractAsyncContextManager):
            await stack.enter_async_context(made)
        yield made


@pytest_asyncio.fixture
async def lab(provider: MachineProvider, pytestconfig: pytest.Config) -> AsyncIterator[Lab]:
    """Yield the lab around the provider, and delete what the test made."""
    bench = Lab(
        provider=provider,
        capabilities=await capabilities_of(provider),
        specimens=_specimens(pytestconfig),
        patience=_patience(pytestconfig),
    )
    yield bench
    await bench.clean_up()


def _made(name: str) -> MachineProvider:
    module, _, attribute = name.partition(":")
    if not attribute:
        raise pytest.UsageError(f"--provider-object is {name}; it must be MODULE:CALLABLE")
    made: MachineProvider = getattr(importlib.import_module(module), attribute)()
    return made


def _channel(config: pytest.Config) -> grpc.aio.Channel:
    address, directory = config.getoption("--provider-address"), config.getoption("--provider-tls")
    if directory is None:
        return plaintext_channel(address)
    files = Path(directory)
    material = TlsMaterial(
        certificate=(files / TLS_CERTIFICATE).read_bytes(),
        key=(files / TLS_PRIVATE_KEY).read_bytes(),
        ca=(files / TLS_AUTHORITY).read_bytes(),
    )
    return secure_channel(address, material, config.getoption("--provider-server-name"))


def _image(config: pytest.Config) -> BootImage:
    text = str(config.getoption("--provider-image"))
    image = BootImage(
        format=config.getoption("--provider-image-format"), pool=config.getoption("--provider-image-pool")
    )
    match text.partition(":"):
        case ("path", _, name):
            return replace(image, path=name)
        case ("url", _, name):
            return replace(image, url=name)
        case ("template", _, name):
            return replace(image, template=name)
        case _:
            return replace(image, template=text)


def _specimens(config: pytest.Config) -> Specimens:
    option = config.getoption
    size = option("--provider-root-gib")
    return Specimens(
        image=_image(config),
        network=option("--provider-network"),
        bridge=option("--provider-bridge"),
        cpus=int(option("--provider-cpus")),
        memory=MiB(int(option("--provider-memory"))),
        root_disk=RootDisk(size=GiB(int(size)) if size else None),
        staging=str(option("--provider-staging")).rstrip("/"),
    )


def _patience(config: pytest.Config) -> Patience:
    boot = float(config.getoption("--provider-boot-seconds"))
    return Patience(
        task=timedelta(seconds=float(config.getoption("--provider-task-seconds"))),
        boot=timedelta(seconds=boot) if boot else None,
        grace=timedelta(seconds=float(config.getoption("--provider-grace-seconds"))),
    )

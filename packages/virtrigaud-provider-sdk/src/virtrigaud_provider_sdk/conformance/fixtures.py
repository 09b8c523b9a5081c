"""The fixtures of the suite: the provider that the options name, and the lab around it."""

import importlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from virtrigaud_api.contract import BootImage, GiB, MachineProvider, MiB, RootDisk
from virtrigaud_api.wire.client import GrpcProvider

from virtrigaud_provider_sdk.conformance import call_counts
from virtrigaud_provider_sdk.conformance.address import Address
from virtrigaud_provider_sdk.conformance.call_counts import CallCount
from virtrigaud_provider_sdk.conformance.faulty_wire import FaultyWire
from virtrigaud_provider_sdk.conformance.lab import Lab, Patience, capabilities_of
from virtrigaud_provider_sdk.conformance.report import Note
from virtrigaud_provider_sdk.conformance.served_program import LOOPBACK, ProgramFailed, served_program
from virtrigaud_provider_sdk.conformance.specimens import Specimens
from virtrigaud_provider_sdk.server import ProviderServer
from virtrigaud_provider_sdk.settings import ProviderSettings


@pytest.fixture(scope="session")
def address(pytestconfig: pytest.Config) -> Iterator[Address | None]:
    """Yield where the provider under test is served; None where it is an object."""
    option = pytestconfig.getoption
    with ExitStack() as stack:
        if command := option("--provider-program"):
            try:
                yield stack.enter_context(served_program(command))
            except ProgramFailed as failure:
                pytest.exit(str(failure), returncode=pytest.ExitCode.TESTS_FAILED)
        elif target := option("--provider-address"):
            name, metrics = option("--provider-server-name"), option("--provider-metrics")
            yield Address.with_tls_files(target, option("--provider-tls"), server_name=name, metrics=metrics)
        else:
            yield None


@pytest_asyncio.fixture
async def provider(
    address: Address | None, pytestconfig: pytest.Config, tmp_path: Path
) -> AsyncIterator[MachineProvider]:
    """Yield the provider under test: the object that was named, or a connection to the address."""
    repeats = pytestconfig.getoption("--provider-lose-every-reply")
    async with AsyncExitStack() as stack:
        if address is not None or repeats:
            wire = FaultyWire(repeats=True) if repeats else None
            served = await stack.enter_async_context(_served(address, pytestconfig, tmp_path))
            yield GrpcProvider(await stack.enter_async_context(served.channel(wire)))
            return
        made = _made(pytestconfig)
        if isinstance(made, AbstractAsyncContextManager):
            await stack.enter_async_context(made)
        yield made


@pytest_asyncio.fixture
async def lab(provider: MachineProvider, pytestconfig: pytest.Config) -> AsyncIterator[Lab]:
    """Yield the lab around the provider, and delete what the test made."""
    bench = await _lab(provider, pytestconfig)
    yield bench
    await bench.clean_up()


@pytest.fixture
def wire() -> FaultyWire:
    """Return the wire between `remote_lab` and its provider, which fails on order."""
    return FaultyWire()


@pytest_asyncio.fixture
async def remote_lab(
    address: Address | None, wire: FaultyWire, pytestconfig: pytest.Config, tmp_path: Path
) -> AsyncIterator[Lab]:
    """Yield a lab whose provider is behind a wire, also where it is an object: then it is served on loopback."""
    async with AsyncExitStack() as stack:
        served = await stack.enter_async_context(_served(address, pytestconfig, tmp_path))
        channel = await stack.enter_async_context(served.channel(wire))
        bench = await _lab(GrpcProvider(channel), pytestconfig)
        yield bench
        await bench.clean_up()


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Note:
    """Return what writes a fact into the report and the JUnit file."""
    properties = request.node.user_properties
    return lambda name, value: properties.append((name, value))


@pytest.fixture
def hypervisor_calls(address: Address | None) -> CallCount:
    """Return what tells how often the provider asked its hypervisor, or skip the test."""
    if address is None:
        return call_counts.of_this_process
    if address.metrics is None:
        pytest.skip("hypervisor calls can't be counted: name the provider's metrics with --provider-metrics URL")
    return call_counts.of_metrics_at(address.metrics)


@asynccontextmanager
async def _served(address: Address | None, config: pytest.Config, mount_root: Path) -> AsyncIterator[Address]:
    """Yield the address; where an object was named, serve it in this process, in plaintext."""
    if address is not None:
        yield address
        return
    settings = ProviderSettings(
        provider_type="conformance",
        bind_address=LOOPBACK,
        port=0,
        health_port=0,
        mount_root=mount_root,
        insecure=True,
        drain_seconds=0,
    )
    async with ProviderServer(_made(config), settings) as server:
        yield Address(target=f"{LOOPBACK}:{server.port}")


async def _lab(provider: MachineProvider, config: pytest.Config) -> Lab:
    return Lab(
        provider=provider,
        capabilities=await capabilities_of(provider),
        specimens=_specimens(config),
        patience=_patience(config),
    )


def _made(config: pytest.Config) -> MachineProvider:
    name = str(config.getoption("--provider-object"))
    module, _, attribute = name.partition(":")
    if not attribute:
        raise pytest.UsageError(f"--provider-object is {name}; it must be MODULE:CALLABLE")
    made: MachineProvider = getattr(importlib.import_module(module), attribute)()
    return made


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
        image_url=option("--provider-image-url"),
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

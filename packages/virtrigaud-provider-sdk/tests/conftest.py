"""What the SDK's tests share: a tiny provider, certificates, and servers on loopback with free ports."""

import asyncio
import io
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from virtrigaud_provider_sdk import (
    Capabilities,
    MachineId,
    MachineProvider,
    MachineSpec,
    MachineState,
    MiB,
    NotFound,
    PowerState,
    PowerVerb,
    ProviderError,
    ProviderServer,
    ProviderSettings,
    Submitted,
    TaskBook,
    TaskRef,
    TaskState,
)
from virtrigaud_provider_sdk.limits import CallLimits
from virtrigaud_provider_sdk.logs import configure_logging
from virtrigaud_provider_sdk.settings import LogFormat, LogLevel

LOOPBACK = "127.0.0.1"
LIMITS = CallLimits()
SERVER_NAME = "provider.test.svc.cluster.local"
CLIENT_NAME = "manager.test.svc.cluster.local"


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate chain and its key, in PEM."""

    certificate: bytes
    key: bytes


class Authority:
    """A certificate authority of its own."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        self.certificate = self._sign(self._name, self._key.public_key(), [(constraints, True)], timedelta(days=1))

    def issue(
        self,
        name: str,
        *,
        dns: Sequence[str] | None = None,
        uris: Sequence[str] = (),
        valid_for: timedelta = timedelta(days=1),
    ) -> Identity:
        """Issue a certificate for a common name with its SANs; the name itself is the DNS SAN unless others are."""
        key = ec.generate_private_key(ec.SECP256R1())
        sans: list[x509.GeneralName] = [x509.DNSName(value) for value in ((name,) if dns is None else dns)]
        sans += [x509.UniformResourceIdentifier(value) for value in uris]
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        extensions = [(x509.SubjectAlternativeName(sans), False)] if sans else []
        return Identity(self._sign(subject, key.public_key(), extensions, valid_for), _key_pem(key))

    def _sign(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        extensions: Sequence[tuple[x509.ExtensionType, bool]],
        valid_for: timedelta,
    ) -> bytes:
        end = datetime.now(UTC) + valid_for
        builder = x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=subject,
            public_key=key,
            serial_number=x509.random_serial_number(),
            not_valid_before=end - timedelta(days=2),
            not_valid_after=end,
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


class MountedSecret:
    """A Secret mounted the way that a kubelet does: `..data` points to a directory that is swapped as a whole."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._version = 0

    def write(self, **files: bytes) -> None:
        """Replace the whole content; `tls_crt` is the key `tls.crt`."""
        self._version += 1
        contents = {name.replace("_", ".") if "." not in name else name: content for name, content in files.items()}
        version = self.directory / f"..version-{self._version}"
        version.mkdir(parents=True)
        for name, content in contents.items():
            (version / name).write_bytes(content)
        fresh = self.directory / "..data_tmp"
        fresh.symlink_to(version.name)
        fresh.rename(self.directory / "..data")
        for name in contents:
            link = self.directory / name
            if not link.is_symlink():
                link.symlink_to(Path("..data") / name)

    def write_identity(self, identity: Identity, ca: bytes) -> None:
        self.write(tls_crt=identity.certificate, tls_key=identity.key, ca_crt=ca)


class TinyProvider:
    """A provider with one verb that can be held, and whatever else a test puts into it."""

    def __init__(self) -> None:
        self.fails_with: Exception | None = None
        self.invalid_because: Exception | None = None
        self.task_error: ProviderError | None = None
        self.held = asyncio.Event()
        self.release = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.book = TaskBook()

    async def capabilities(self) -> Capabilities:
        return Capabilities(reconfigure_online=True, memory_snapshots=True, export_formats=("raw",))

    async def validate(self) -> None:
        if self.invalid_because is not None:
            raise self.invalid_because

    async def create(self, spec: MachineSpec) -> Submitted:
        return Submitted(machine=MachineId(spec.owner.uid))

    async def describe(self, machine: MachineId) -> MachineState | None:
        """Answer for every machine but `absent`; `held` answers once it is released."""
        if self.fails_with is not None:
            raise self.fails_with
        if machine == "absent":
            return None
        if machine == "held":
            await self._hold()
        return MachineState(id=machine, name=machine, owner=None, power=PowerState.SUSPENDED, cpus=2, memory=MiB(512))

    async def power(self, machine: MachineId, verb: PowerVerb, grace: timedelta) -> Submitted:
        return Submitted(machine=machine)

    async def reconfigure(self, machine: MachineId, spec: MachineSpec) -> Submitted:
        return Submitted(machine=machine)

    async def delete(self, machine: MachineId) -> Submitted:
        return Submitted(machine=machine)

    async def machines(self) -> Sequence[MachineState]:
        return ()

    async def task(self, ref: TaskRef) -> TaskState:
        if self.task_error is not None:
            return TaskState(done=True, error=self.task_error)
        raise NotFound(f"task {ref} is not known")

    async def _hold(self) -> None:
        self.held.set()
        try:
            await self.release.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise


@pytest.fixture
def authority() -> type[Authority]:
    """Make certificate authorities."""
    return Authority


@pytest.fixture
def tiny() -> TinyProvider:
    """A provider."""
    return TinyProvider()


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., ProviderSettings]:
    """Make settings with free ports on loopback and the test's own mount root."""

    def make(**values: Any) -> ProviderSettings:
        defaults: dict[str, Any] = {
            "provider_type": "tiny",
            "port": 0,
            "health_port": 0,
            "bind_address": LOOPBACK,
            "mount_root": tmp_path,
        }
        return ProviderSettings(**(defaults | values))

    return make


@pytest.fixture
def credentials_secret(settings: Callable[..., ProviderSettings]) -> MountedSecret:
    """The directory of the credentials Secret, empty."""
    return MountedSecret(settings().credentials_directory)


@pytest.fixture
def tls_secret(settings: Callable[..., ProviderSettings]) -> MountedSecret:
    """The directory of the TLS Secret, empty."""
    return MountedSecret(settings().tls_directory)


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """Everything that is logged, as JSON lines."""
    stream = io.StringIO()
    configure_logging(LogLevel.DEBUG, LogFormat.JSON, stream)
    yield stream
    structlog.reset_defaults()


@pytest.fixture
def plaintext(
    tiny: TinyProvider, settings: Callable[..., ProviderSettings]
) -> Callable[..., AbstractAsyncContextManager[tuple[ProviderServer, grpc.aio.Channel]]]:
    """Serve in plaintext and connect."""

    @asynccontextmanager
    async def connected(
        provider: Any = tiny, limits: CallLimits = LIMITS, **values: Any
    ) -> AsyncIterator[tuple[ProviderServer, grpc.aio.Channel]]:
        async with (
            ProviderServer(provider, settings(insecure=True, **values), limits=limits) as server,
            grpc.aio.insecure_channel(f"{LOOPBACK}:{server.port}") as channel,
        ):
            yield server, channel

    return connected


@pytest.fixture
def tls_server(tiny: TinyProvider, settings: Callable[..., ProviderSettings]) -> Callable[..., ProviderServer]:
    """Make a server that needs TLS files."""
    return lambda limits=LIMITS, **values: ProviderServer(tiny, settings(**values), limits=limits)


@pytest.fixture
def dial() -> Callable[..., grpc.aio.Channel]:
    """Open a channel over TLS that shows an identity and trusts a CA."""

    def open_channel(server: ProviderServer, ca: bytes, identity: Identity | None) -> grpc.aio.Channel:
        credentials = (
            grpc.ssl_channel_credentials(ca)
            if identity is None
            else grpc.ssl_channel_credentials(ca, identity.key, identity.certificate)
        )
        # A pool of its own makes each channel a connection of its own.
        options = (("grpc.ssl_target_name_override", SERVER_NAME), ("grpc.use_local_subchannel_pool", 1))
        return grpc.aio.secure_channel(f"{LOOPBACK}:{server.port}", credentials, options=options)

    return open_channel


@pytest.fixture
def until() -> Callable[[Callable[[], bool | Awaitable[bool]]], Awaitable[None]]:
    """Wait until something holds, and fail when it does not in time."""

    async def wait(holds: Callable[[], bool | Awaitable[bool]]) -> None:
        async with asyncio.timeout(20):
            while True:
                answer = holds()
                if answer if isinstance(answer, bool) else await answer:
                    return
                await asyncio.sleep(0.01)

    return wait


@pytest.fixture
def ended() -> Callable[[MachineProvider, TaskRef | None], Awaitable[TaskState]]:
    """Ask how a task stands until it has ended, as the manager does."""

    async def follow(provider: MachineProvider, ref: TaskRef | None) -> TaskState:
        assert ref is not None
        async with asyncio.timeout(20):
            while not (state := await provider.task(ref)).done:  # noqa: ASYNC110 - the wire has no other way
                await asyncio.sleep(0.01)
        return state

    return follow


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("VIRTRIGAUD_", "PROVIDER_", "LOG_")):
            monkeypatch.delenv(name)

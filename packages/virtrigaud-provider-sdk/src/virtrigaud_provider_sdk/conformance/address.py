"""Where the provider under test is served: the address, the TLS identity to show, the metrics to read.

The options name it, or `served_program` has started it. The fixtures open their channels with it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import grpc.aio
from virtrigaud_api.tls_secret import TLS_AUTHORITY, TLS_CERTIFICATE, TLS_PRIVATE_KEY
from virtrigaud_api.wire.certificates import TlsMaterial, channel_credentials, channel_options

from virtrigaud_provider_sdk.conformance.faulty_wire import FaultyWire


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A served provider.

    Attributes:
        target: `host:port` of its gRPC service.
        material: Our identity and whom we trust; None is plaintext.
        server_name: DNS name in its certificate; None is the host of the target.
        metrics: URL of its metrics; None where nobody told.
    """

    target: str
    material: TlsMaterial | None = None
    server_name: str | None = None
    metrics: str | None = None

    @classmethod
    def with_tls_files(
        cls, target: str, directory: str | None, *, server_name: str | None, metrics: str | None
    ) -> Self:
        """Read the TLS identity from a directory with tls.crt, tls.key and ca.crt; without one it is plaintext."""
        material = None
        if directory is not None:
            files = Path(directory)
            material = TlsMaterial(
                certificate=(files / TLS_CERTIFICATE).read_bytes(),
                key=(files / TLS_PRIVATE_KEY).read_bytes(),
                ca=(files / TLS_AUTHORITY).read_bytes(),
            )
        return cls(target=target, material=material, server_name=server_name, metrics=metrics)

    def channel(self, wire: FaultyWire | None = None) -> grpc.aio.Channel:
        """Open a channel, with a wire in it that may fail; the caller closes it."""
        # The stubs know no class of interceptors.
        interceptors: Any = [wire] if wire is not None else None
        if self.material is None:
            return grpc.aio.insecure_channel(self.target, options=channel_options(), interceptors=interceptors)
        return grpc.aio.secure_channel(
            self.target,
            channel_credentials(self.material),
            options=channel_options(self.server_name),
            interceptors=interceptors,
        )

"""Native exceptions become errors of the taxonomy here, once, at the session boundary of a provider.

A provider's `faults.py` holds one `NativeFaults` value: what its driver raises, and which error each of
them means. Its `session.py` puts `during(...)` around native calls; no other module of a provider
catches a native exception.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from virtrigaud_api.contract import ProviderError

from virtrigaud_provider_sdk.metrics import HYPERVISOR_CALLS
from virtrigaud_provider_sdk.tracing import hypervisor_span

E = TypeVar("E", bound=Exception)


@dataclass(frozen=True, slots=True)
class NativeFaults(Generic[E]):
    """What a driver raises and what it means.

    Attributes:
        native: The exception class, or classes, of the driver.
        kind: Tells which error of the taxonomy a native exception is.
        said: Tells what the hypervisor said, in its own words and without secrets.
    """

    native: type[E] | tuple[type[E], ...]
    kind: Callable[[E], type[ProviderError]]
    said: Callable[[E], str] = str

    @contextmanager
    def during(self, doing: str, *, call: str = "other") -> Iterator[None]:
        """Turn native exceptions of the block into "cannot <doing>: <what the hypervisor said>".

        Args:
            doing: What is done on what, such as "power on machine vm-42".
            call: Name of the native call, for the metric; one of a small fixed set.

        Raises:
            ProviderError: The block raised a native exception. Errors of the taxonomy and anything that is
                not native pass unchanged.
        """
        outcome = "error"
        try:
            with hypervisor_span(call):
                yield
            outcome = "success"
        except self.native as error:
            raise self.kind(error)(f"cannot {doing}: {self.said(error)}") from error
        finally:
            HYPERVISOR_CALLS.labels(call, outcome).inc()

"""A provider as a process: settings, logs, serving, and an orderly end at SIGTERM.

`run_provider` is the whole `main()` of a provider package; `serve` is for those who have an event loop.
"""

import asyncio
import platform
import signal
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog
from virtrigaud_api.contract import MachineProvider, ProviderError
from virtrigaud_api.tracing import exported_spans

from virtrigaud_provider_sdk.certificate_reload import StartRefused
from virtrigaud_provider_sdk.command_line import program_name, read_settings, version_of
from virtrigaud_provider_sdk.logs import configure_logging
from virtrigaud_provider_sdk.metrics import BUILD
from virtrigaud_provider_sdk.server import ProviderServer
from virtrigaud_provider_sdk.settings import ProviderSettings

S = TypeVar("S", bound=ProviderSettings)

_log = structlog.get_logger("virtrigaud.server")

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


async def serve(provider: MachineProvider, settings: ProviderSettings) -> None:
    """Serve a provider until SIGTERM or SIGINT, then end in order; a second signal ends at once.

    Raises:
        StartRefused: The TLS files or the addresses can't be used.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stopped.set)
    async with ProviderServer(provider, settings):
        await stopped.wait()
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


def run_provider(
    make_provider: Callable[[S], MachineProvider],
    settings_class: type[S],
    arguments: Sequence[str] | None = None,
) -> None:
    """Be the `main()` of a provider: read the settings, make the provider, serve it until SIGTERM.

    Args:
        make_provider: Makes the provider of the settings, in the running event loop.
        settings_class: Says which settings there are.
        arguments: The command line without the program's name; None takes the process's.

    Raises:
        SystemExit: With status 2 when settings are wrong and 1 when the provider must not or can't start.
    """
    settings = read_settings(settings_class, sys.argv[1:] if arguments is None else arguments)
    configure_logging(settings.log_level, settings.log_format)
    version = version_of(settings_class)
    BUILD.labels(version, platform.python_version(), f"provider-{settings.provider_type}").set(1)
    _log.info("starting", program=program_name(settings_class), version=version, endpoint=settings.endpoint)
    try:
        with exported_spans(settings.otlp_endpoint, service=program_name(settings_class), version=version):
            asyncio.run(_make_and_serve(make_provider, settings))
    except (StartRefused, ProviderError) as error:
        _log.error("the provider does not start", reason=str(error))
        raise SystemExit(1) from None
    except Exception as error:  # noqa: BLE001 - the outermost place of the process
        # The log is redacted; a traceback that Python prints itself would not be.
        _log.error("the provider ended for a reason that nobody foresaw", exc_info=error)
        raise SystemExit(1) from None


async def _make_and_serve(make_provider: Callable[[S], MachineProvider], settings: S) -> None:
    await serve(make_provider(settings), settings)

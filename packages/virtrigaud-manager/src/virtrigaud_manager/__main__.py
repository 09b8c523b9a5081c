"""The process `virtrigaud-manager`: settings, logs, and the manager until SIGTERM."""

# The floor of TLS has to be set before gRPC is imported by anything.
from virtrigaud_api.wire import tls_floor  # isort: skip

import asyncio
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version

import structlog
from virtrigaud_api.tracing import exported_spans

from virtrigaud_manager import logs, metrics
from virtrigaud_manager.cluster.connection import ConnectionSettingsError, find_connection
from virtrigaud_manager.cluster.leadership import NotLeadingError
from virtrigaud_manager.command_line import PROGRAM, parse
from virtrigaud_manager.manager import run_manager


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the manager until it is told to stop."""
    settings = parse(sys.argv[1:] if arguments is None else arguments)
    logs.configure(settings.log_level, settings.log_format)
    log = structlog.get_logger(PROGRAM)
    metrics.built(version(PROGRAM), platform.python_version())
    try:
        connection = find_connection(settings.kubeconfig)
        log.info("starting", version=version(PROGRAM), server=connection.server, tls13=tls_floor.in_force)
        with exported_spans(settings.otlp_endpoint, service=PROGRAM, version=version(PROGRAM)):
            asyncio.run(run_manager(settings, connection))
    except NotLeadingError as error:
        log.critical("this manager ends, so that it starts anew and stands by", error=str(error))
        return 1
    except (ConnectionSettingsError, OSError) as error:
        log.critical("the manager can't run", error=str(error))
        return 1
    log.info("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())

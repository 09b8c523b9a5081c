"""Logs of a provider process: structured, one line an event, redacted, on standard error.

`run_provider` configures them once. What libraries log through the standard `logging` module takes the
same way, so that nothing leaves the process unredacted.
"""

import logging
import sys
from collections.abc import Mapping
from typing import TextIO

import structlog
from structlog.typing import Processor
from virtrigaud_api.log_lines import escape_event

from virtrigaud_provider_sdk.redaction import REDACTION
from virtrigaud_provider_sdk.settings import LogFormat, LogLevel

_LEVELS: Mapping[LogLevel, int] = {
    LogLevel.DEBUG: logging.DEBUG,
    LogLevel.INFO: logging.INFO,
    LogLevel.WARN: logging.WARNING,
    LogLevel.ERROR: logging.ERROR,
}


def configure_logging(level: LogLevel, form: LogFormat, stream: TextIO | None = None) -> None:
    """Send everything that this process logs to one stream, in one format."""
    target = stream if stream is not None else sys.stderr
    # Exceptions become text before the redaction, so that a traceback can't carry a secret past it.
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    ending: list[Processor] = [REDACTION, *_ending(form, target)]
    structlog.configure(
        processors=[*shared, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(target),
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Libraries log parameters, and with them secrets that nobody has registered, at INFO and below.
    root.setLevel(max(_LEVELS[level], logging.WARNING))


def _ending(form: LogFormat, target: TextIO) -> tuple[Processor, ...]:
    match form:
        case LogFormat.JSON:
            return (structlog.processors.JSONRenderer(),)
        case LogFormat.TEXT:
            return (escape_event, structlog.dev.ConsoleRenderer(colors=target.isatty()))

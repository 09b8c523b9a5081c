"""The manager's logs: structured, one line a reconcile, on standard error; JSON in a cluster, text for people.

`__main__` configures them once. What libraries log takes the same way.
"""

import logging
import sys
from collections.abc import Mapping

import structlog
from structlog.typing import Processor
from virtrigaud_api.log_lines import escape_event

from virtrigaud_manager.settings import LogFormat, LogLevel

_LEVELS: Mapping[LogLevel, int] = {
    LogLevel.DEBUG: logging.DEBUG,
    LogLevel.INFO: logging.INFO,
    LogLevel.WARN: logging.WARNING,
    LogLevel.ERROR: logging.ERROR,
}


def configure(level: LogLevel, form: LogFormat) -> None:
    """Send everything that this process logs to standard error, in one format."""
    shared: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # A plain traceback: pretty ones show the values of variables, and those may be secret.
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, *_ending(form)],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_ending(form)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(_LEVELS[level], logging.INFO))


def _ending(form: LogFormat) -> tuple[Processor, ...]:
    match form:
        case LogFormat.JSON:
            return (structlog.processors.JSONRenderer(),)
        case LogFormat.TEXT:
            renderer = structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
            return (escape_event, renderer)

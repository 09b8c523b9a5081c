"""The log of the processes that `vrtg up` leaves running: lines for people, on standard error."""

import logging
import sys
from typing import Final

from virtrigaud_api.log_lines import LineFormatter

_FORMAT: Final = "%(asctime)s %(levelname)-7s %(message)s"


def configure() -> None:
    """Send what this process logs to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter(_FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])

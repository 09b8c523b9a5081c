"""The string formats that a schema can ask for. An unknown format allows everything, as Kubernetes does."""

import base64
import binascii
import ipaddress
import re
import uuid
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

_DATE_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_DURATION: Final = re.compile(r"-?((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+|0|\d+\s?(d|w|days?|weeks?)")
_HOSTNAME: Final = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9-]{1,63})*\.?")
_MAC: Final = re.compile(r"([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")


@lru_cache(maxsize=256)
def _date_time(value: str) -> None:
    if not _DATE_TIME.fullmatch(value):
        raise ValueError(value)
    datetime.fromisoformat(value.upper())


def _uri(value: str) -> None:
    if not urlsplit(value).scheme and not value.startswith("/"):
        raise ValueError(value)


def _matching(pattern: re.Pattern[str]) -> Callable[[str], None]:
    def check(value: str) -> None:
        if not pattern.fullmatch(value):
            raise ValueError(value)

    return check


_CHECKS: Final[dict[str, Callable[[str], object]]] = {
    "date-time": _date_time,
    "date": date.fromisoformat,
    "duration": _matching(_DURATION),
    "ipv4": ipaddress.IPv4Address,
    "ipv6": ipaddress.IPv6Address,
    "cidr": ipaddress.ip_interface,
    "mac": _matching(_MAC),
    "hostname": _matching(_HOSTNAME),
    "email": _matching(_EMAIL),
    "uuid": uuid.UUID,
    "uri": _uri,
    "byte": lambda value: base64.b64decode(value, validate=True),
}


def is_formatted(name: str, value: str) -> bool:
    """Tells whether a text has the format of this name."""
    check = _CHECKS.get(name)
    if check is None:
        return True
    try:
        check(value)
    except (ValueError, binascii.Error):
        return False
    return True

"""The functions that Kubernetes adds to CEL: quantity, url, ip, cidr, and some for lists and regular expressions.

The library for CEL keeps no values of types that it does not know. So a quantity, a URL, an address and a network are
maps inside expressions, whose one key says what they are. Left out are `indexOf` and `lastIndexOf` of lists: these
names are taken by functions for text, and the library allows no second declaration.
Source: https://kubernetes.io/docs/reference/using-api/cel/
"""

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any, Final
from urllib.parse import SplitResult, parse_qs, urlsplit

from cel_expr_python import cel

from virtrigaud_localkube.schema.patterns import compile_pattern

_T: Final = cel.Type
_VALUE: Final = _T.Map(_T.STRING, _T.DYN)
_QUANTITY: Final = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))([a-zA-Z]{0,2}|[eE][+-]?\d+)")
_DECIMAL: Final = {suffix: Decimal(1000) ** power for power, suffix in enumerate(["n", "u", "m", "", *"kMGTPE"], -3)}
_BINARY: Final = {f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", 1)}
_FACTORS: Final = _DECIMAL | _BINARY

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Interface | ipaddress.IPv6Interface
Value = Mapping[str, Any]


def _quantity(text: str) -> Value:
    return _of_number(_number(text))


def _number(text: str) -> Decimal:
    match = _QUANTITY.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no quantity")
    number, suffix = match.groups()
    factor = _FACTORS.get(suffix)
    return Decimal(number) * factor if factor is not None else Decimal(number + suffix)


def _of_number(number: Decimal) -> Value:
    return {"quantity": str(number.normalize())}


def _amount(quantity: Value) -> Decimal:
    return Decimal(quantity["quantity"])


def _as_number(value: Value | int) -> Decimal:
    return Decimal(value) if isinstance(value, int) else _amount(value)


def _as_integer(quantity: Value) -> int:
    number = _amount(quantity)
    if number != number.to_integral_value():
        raise ValueError(f"{number} is no integer")
    return int(number)


def _url(text: str) -> Value:
    parts = urlsplit(text)
    if not parts.scheme and not text.startswith("/"):
        raise ValueError(f"{text!r} is no URL")
    return {"url": text}


def _parts(url: Value) -> SplitResult:
    return urlsplit(url["url"])


def _address(value: Value | str) -> Address:
    return ipaddress.ip_address(value if isinstance(value, str) else value["ip"])


def _network(value: Value | str) -> Network:
    text = value if isinstance(value, str) else value["cidr"]
    if "/" not in text:
        raise ValueError(f"{text!r} is no CIDR")
    return ipaddress.ip_interface(text)


def _contains(network: Value, inner: Value | str) -> bool:
    outer, other = _network(network).network, _network(inner).network
    return outer.version == other.version and other.subnet_of(outer)  # type: ignore[arg-type]


def _accepts(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            parse(text)
        except (ValueError, InvalidOperation):
            return False
        return True

    return check


def _find_all(text: str, pattern: str, limit: int = -1) -> list[str]:
    found = compile_pattern(pattern).all_in(text)
    return found if limit < 0 else found[:limit]


# Name, types of parameters, type of the result, and what it does. The first parameter of a method is its object.
Entry = tuple[str, Sequence[Any], Any, Callable[..., Any]]

_FUNCTIONS: Final[Sequence[Entry]] = (
    ("quantity", [_T.STRING], _VALUE, _quantity),
    ("isQuantity", [_T.STRING], _T.BOOL, _accepts(_number)),
    ("url", [_T.STRING], _VALUE, _url),
    ("isURL", [_T.STRING], _T.BOOL, _accepts(_url)),
    ("ip", [_T.STRING], _VALUE, lambda text: {"ip": str(_address(text))}),
    ("isIP", [_T.STRING], _T.BOOL, _accepts(_address)),
    ("ip.isCanonical", [_T.STRING], _T.BOOL, lambda text: str(_address(text)) == text),
    ("cidr", [_T.STRING], _VALUE, lambda text: {"cidr": str(_network(text))}),
    ("isCIDR", [_T.STRING], _T.BOOL, _accepts(_network)),
)
_METHODS: Final[Sequence[Entry]] = (
    ("isGreaterThan", [_VALUE, _VALUE], _T.BOOL, lambda one, other: _amount(one) > _amount(other)),
    ("isLessThan", [_VALUE, _VALUE], _T.BOOL, lambda one, other: _amount(one) < _amount(other)),
    ("compareTo", [_VALUE, _VALUE], _T.INT, lambda one, other: int(_amount(one).compare(_amount(other)))),
    ("add", [_VALUE, _VALUE], _VALUE, lambda one, other: _of_number(_amount(one) + _as_number(other))),
    ("add", [_VALUE, _T.INT], _VALUE, lambda one, other: _of_number(_amount(one) + _as_number(other))),
    ("sub", [_VALUE, _VALUE], _VALUE, lambda one, other: _of_number(_amount(one) - _as_number(other))),
    ("sub", [_VALUE, _T.INT], _VALUE, lambda one, other: _of_number(_amount(one) - _as_number(other))),
    ("sign", [_VALUE], _T.INT, lambda one: int(_amount(one).compare(Decimal(0)))),
    ("isInteger", [_VALUE], _T.BOOL, lambda one: _amount(one) == _amount(one).to_integral_value()),
    ("asInteger", [_VALUE], _T.INT, _as_integer),
    ("asApproximateFloat", [_VALUE], _T.DOUBLE, lambda one: float(_amount(one))),
    ("getScheme", [_VALUE], _T.STRING, lambda url: _parts(url).scheme),
    ("getHost", [_VALUE], _T.STRING, lambda url: _parts(url).netloc.rpartition("@")[2]),
    ("getHostname", [_VALUE], _T.STRING, lambda url: _parts(url).hostname or ""),
    ("getPort", [_VALUE], _T.STRING, lambda url: str(_parts(url).port or "")),
    ("getEscapedPath", [_VALUE], _T.STRING, lambda url: _parts(url).path),
    ("getQuery", [_VALUE], _T.DYN, lambda url: parse_qs(_parts(url).query, keep_blank_values=True)),
    ("family", [_VALUE], _T.INT, lambda ip: _address(ip).version),
    ("isUnspecified", [_VALUE], _T.BOOL, lambda ip: _address(ip).is_unspecified),
    ("isLoopback", [_VALUE], _T.BOOL, lambda ip: _address(ip).is_loopback),
    ("isLinkLocalMulticast", [_VALUE], _T.BOOL, lambda ip: _is_link_local_multicast(_address(ip))),
    ("isLinkLocalUnicast", [_VALUE], _T.BOOL, lambda ip: _address(ip).is_link_local),
    ("isGlobalUnicast", [_VALUE], _T.BOOL, lambda ip: _is_global_unicast(_address(ip))),
    ("containsIP", [_VALUE, _VALUE], _T.BOOL, lambda net, ip: _address(ip) in _network(net).network),
    ("containsIP", [_VALUE, _T.STRING], _T.BOOL, lambda net, ip: _address(ip) in _network(net).network),
    ("containsCIDR", [_VALUE, _VALUE], _T.BOOL, _contains),
    ("containsCIDR", [_VALUE, _T.STRING], _T.BOOL, _contains),
    ("ip", [_VALUE], _VALUE, lambda net: {"ip": str(_network(net).ip)}),
    ("masked", [_VALUE], _VALUE, lambda net: {"cidr": str(_network(net).network)}),
    ("prefixLength", [_VALUE], _T.INT, lambda net: _network(net).network.prefixlen),
    ("isSorted", [_T.LIST], _T.BOOL, lambda items: all(one <= other for one, other in pairwise(items))),
    ("sum", [_T.LIST], _T.DYN, sum),
    ("min", [_T.LIST], _T.DYN, min),
    ("max", [_T.LIST], _T.DYN, max),
    ("find", [_T.STRING, _T.STRING], _T.STRING, lambda text, pattern: (_find_all(text, pattern) or [""])[0]),
    ("findAll", [_T.STRING, _T.STRING], _T.List(_T.STRING), _find_all),
    ("findAll", [_T.STRING, _T.STRING, _T.INT], _T.List(_T.STRING), _find_all),
)


def _is_link_local_multicast(address: Address) -> bool:
    links = ("224.0.0.0/24", "ff02::/16")
    return any(address in ipaddress.ip_network(link) for link in links)


def _is_global_unicast(address: Address) -> bool:
    return not (address.is_unspecified or address.is_loopback or address.is_multicast or address.is_link_local)


def functions() -> list[Any]:
    """The declarations of all functions, with what they do."""
    overloads: dict[str, list[Any]] = {}
    for is_member, entries in ((False, _FUNCTIONS), (True, _METHODS)):
        for name, parameters, result, action in entries:
            others = overloads.setdefault(name, [])
            overload = cel.Overload(
                id=f"kubernetes_{name}_{len(others)}",
                return_type=result,
                parameters=list(parameters),
                is_member=is_member,
                impl=action,
            )
            others.append(overload)
    return [cel.FunctionDecl(name, its_overloads) for name, its_overloads in overloads.items()]

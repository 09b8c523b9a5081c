"""Field types with a format, a bound or a pattern that several models share.

Models combine these; the CRD generator reads the constraints from them. Values with arithmetic of their own
(quantities, durations) have their own modules.
"""

from datetime import UTC, datetime
from typing import Annotated

from annotated_types import Ge, Le, MaxLen
from pydantic import AwareDatetime, BeforeValidator, PlainSerializer, Strict, StringConstraints

from virtrigaud_api.v1beta1.schema_marks import Format

_DNS_LABEL = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
_OCTET = r"(25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)"
_IPV4 = rf"({_OCTET}\.){{3}}{_OCTET}"


def _text_or_datetime(value: object) -> object:
    if not isinstance(value, str | datetime):
        raise ValueError("must be an RFC 3339 timestamp such as 2026-01-31T12:00:00Z")  # noqa: TRY004
    return value


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


Boolean = Annotated[bool, Strict()]
Integer = Annotated[int, Strict()]
Int32 = Annotated[int, Strict(), Format("int32")]
Int64 = Annotated[int, Strict(), Format("int64")]
Port = Annotated[int, Strict(), Format("int32"), Ge(1), Le(65535)]
VlanId = Annotated[int, Strict(), Format("int32"), Ge(1), Le(4094)]

Timestamp = Annotated[
    AwareDatetime,
    BeforeValidator(_text_or_datetime),
    PlainSerializer(_rfc3339, when_used="json"),
    Format("date-time"),
]

ObjectName = Annotated[str, StringConstraints(max_length=253, pattern=_DNS_LABEL)]
NamespaceName = Annotated[str, StringConstraints(max_length=63, pattern=_DNS_LABEL)]
DnsLabel = Annotated[str, StringConstraints(max_length=63, pattern=_DNS_LABEL)]
LabelValue = Annotated[str, StringConstraints(max_length=63, pattern=r"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$")]
NativeName = Annotated[str, MaxLen(255)]
HostName = Annotated[str, MaxLen(253)]

IPv4Address = Annotated[str, StringConstraints(pattern=f"^{_IPV4}$")]
IPv4Network = Annotated[str, StringConstraints(pattern=f"^{_IPV4}/([0-9]|[1-2][0-9]|3[0-2])$")]
MacAddress = Annotated[str, StringConstraints(pattern=r"^([0-9A-Fa-f]{2}[:-]){5}([0-9A-Fa-f]{2})$")]
HttpUrl = Annotated[str, StringConstraints(pattern=r"^https?://.*")]

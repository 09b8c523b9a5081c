"""The columns that `kubectl get` shows: those of the built-in kinds, and those that a definition asks for."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from virtrigaud_localkube.document import Document, JsonValue, select, text_at
from virtrigaud_localkube.registry.resource import Column

_NONE: Final = "<none>"
_UNKNOWN: Final = "<unknown>"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_YEAR: Final = 365 * _DAY
_SIZES: Final = {"s": 1, "m": _MINUTE, "h": _HOUR, "d": _DAY}
# Below this many seconds: the leading unit, its size, and the unit that is shown behind it.
_UNITS: Final = (
    (2 * _MINUTE, "s", 1, ""),
    (10 * _MINUTE, "m", _MINUTE, "s"),
    (3 * _HOUR, "m", _MINUTE, ""),
    (8 * _HOUR, "h", _HOUR, "m"),
    (2 * _DAY, "h", _HOUR, ""),
    (8 * _DAY, "d", _DAY, "h"),
    (2 * _YEAR, "d", _DAY, ""),
    (8 * _YEAR, "y", _YEAR, "d"),
)


def age(timestamp: object) -> str:
    """How long ago a timestamp was, in the short form of kubectl."""
    if not isinstance(timestamp, str) or not timestamp:
        return _UNKNOWN
    try:
        then = datetime.fromisoformat(timestamp)
    except ValueError:
        return "<invalid>"
    return duration(int((datetime.now(UTC) - then).total_seconds()))


def duration(seconds: int) -> str:
    """A time span in the short form of kubectl: the leading unit, with the next one while the count is small."""
    for limit, unit, size, small_unit in _UNITS:
        if seconds < limit:
            large, rest = divmod(max(seconds, 0), size)
            small = rest // _SIZES[small_unit] if small_unit else 0
            return f"{large}{unit}{small}{small_unit}" if small else f"{large}{unit}"
    return f"{seconds // _YEAR}y"


def name_column(priority: int = 0) -> Column:
    """The name of the object."""
    return Column("Name", "string", lambda document: document["metadata"]["name"], priority, format="name")


def created_column() -> Column:
    """The age of the object."""
    return Column("Age", "string", lambda document: age(document["metadata"].get("creationTimestamp")))


def custom_columns(wanted: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    """The columns of a definition; only the age where it names none."""
    return (name_column(), *(map(_custom_column, wanted) if wanted else [created_column()]))


def _custom_column(wanted: Mapping[str, Any]) -> Column:
    path, is_date = wanted["jsonPath"], wanted["type"] == "date"

    def cell(document: Document) -> JsonValue:
        found = select(document, path)
        if is_date:
            return age(found[0] if found else None)
        if len(found) > 1:
            return ",".join(str(value) for value in found)
        return found[0] if found else None

    return Column(
        name=wanted["name"],
        type="string" if is_date else wanted["type"],
        cells=cell,
        priority=wanted.get("priority", 0),
        format=wanted.get("format", ""),
        description=wanted.get("description", ""),
    )


def _field(name: str, path: str, *, absent: str = "", priority: int = 0) -> Column:
    return Column(name, "string", lambda document: text_at(document, path) or absent, priority)


def _number(document: Document, path: str) -> int:
    return int(text_at(document, path) or 0)


def _size(document: Document, *fields: str) -> int:
    return sum(len(document.get(field) or {}) for field in fields)


def _used_of_quota(document: Document) -> str:
    used = (document.get("status") or {}).get("used") or {}
    hard = (document.get("spec") or {}).get("hard") or {}
    return ", ".join(f"{name}: {used.get(name, '0')}/{limit}" for name, limit in sorted(hard.items()))


def _ready_replicas(document: Document) -> str:
    return f"{_number(document, 'status.readyReplicas')}/{_number(document, 'spec.replicas')}"


def _ready_containers(document: Document) -> str:
    statuses = (document.get("status") or {}).get("containerStatuses") or []
    return f"{sum(bool(s.get('ready')) for s in statuses)}/{len((document.get('spec') or {}).get('containers') or [])}"


def _ports(document: Document) -> str:
    ports = (document.get("spec") or {}).get("ports") or []
    return ",".join(f"{port.get('port')}/{port.get('protocol', 'TCP')}" for port in ports) or _NONE


def _node_state(document: Document) -> str:
    ready = select(document, '.status.conditions[?(@.type=="Ready")].status')
    return "Ready" if ready == ["True"] else "NotReady" if ready else "Unknown"


# Where the times of an event are, by both of its groups.
_LATEST: Final = ("series.lastObservedTime", "lastTimestamp", "deprecatedLastTimestamp", "eventTime")
_EARLIEST: Final = ("firstTimestamp", "deprecatedFirstTimestamp", "eventTime")


def _about(event: Document) -> Document:
    return event.get("involvedObject") or event.get("regarding") or {}


def _event_object(event: Document) -> str:
    about = _about(event)
    return f"{str(about.get('kind', '')).lower()}/{about.get('name', '')}"


def _event_source(event: Document) -> str:
    source = event.get("source") or event.get("deprecatedSource") or {}
    reporter = event.get("reportingComponent") or event.get("reportingController") or source.get("component", "")
    return ", ".join(part for part in (reporter, source.get("host", "")) if part)


def _event_count(event: Document) -> int:
    return (event.get("series") or {}).get("count") or event.get("count") or event.get("deprecatedCount") or 1


def _first_time(event: Document, paths: Sequence[str]) -> str:
    return next(
        (time for path in paths if (time := text_at(event, path))), text_at(event, "metadata.creationTimestamp")
    )


def _role(document: Document) -> str:
    return f"{text_at(document, 'roleRef.kind')}/{text_at(document, 'roleRef.name')}"


# The columns that are more than the value at a path.
_COMPUTED: Final[dict[tuple[str, str], Callable[[Document], JsonValue]]] = {
    ("ConfigMap", "Data"): lambda document: _size(document, "data", "binaryData"),
    ("Secret", "Data"): lambda document: _size(document, "data"),
    ("Service", "Port(s)"): _ports,
    ("Pod", "Ready"): _ready_containers,
    ("Pod", "Restarts"): lambda pod: str(sum(select(pod, ".status.containerStatuses[*].restartCount"))),
    ("Node", "Status"): _node_state,
    ("ResourceQuota", "Request"): _used_of_quota,
    ("Deployment", "Ready"): _ready_replicas,
    ("StatefulSet", "Ready"): _ready_replicas,
    ("Job", "Completions"): lambda job: f"{_number(job, 'status.succeeded')}/{_number(job, 'spec.completions') or 1}",
    ("RoleBinding", "Role"): _role,
    ("ClusterRoleBinding", "Role"): _role,
}


# What priority 1 has is shown by `-o wide` only, the name too: an event is read by its object and its message.
_EVENT_COLUMNS: Final = (
    Column("Last Seen", "string", lambda event: age(_first_time(event, _LATEST))),
    _field("Type", "type"),
    _field("Reason", "reason"),
    Column("Object", "string", _event_object),
    Column("Subobject", "string", lambda event: str(_about(event).get("fieldPath", "")), priority=1),
    Column("Source", "string", _event_source, priority=1),
    Column("Message", "string", lambda event: str(event.get("message") or event.get("note") or "").strip()),
    Column("First Seen", "string", lambda event: age(_first_time(event, _EARLIEST)), priority=1),
    Column("Count", "integer", _event_count, priority=1),
    name_column(priority=1),
)


def builtin_columns(kind: str, wanted: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    """The columns of a built-in kind: name, what `kinds.json` says, and the age unless the moment is among them."""
    if kind == "Event":
        return _EVENT_COLUMNS
    is_dated = any(column.get("path") == "metadata.creationTimestamp" for column in wanted)
    columns = (_builtin_column(kind, column) for column in wanted)
    return (name_column(), *columns, *(() if is_dated else (created_column(),)))


def _builtin_column(kind: str, wanted: Mapping[str, Any]) -> Column:
    name, path, absent = wanted["name"], wanted.get("path", ""), wanted.get("absent", "")
    if computed := _COMPUTED.get((kind, name)):
        return Column(name, wanted.get("type", "string"), computed)
    if wanted.get("type") == "integer":
        return Column(name, "integer", lambda document: _number(document, path))
    return _field(name, path, absent=absent)

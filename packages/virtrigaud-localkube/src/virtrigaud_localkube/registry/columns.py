"""The columns that `kubectl get` shows: those of the built-in kinds, and those that a definition asks for."""

from collections.abc import Mapping, Sequence
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


def _field(name: str, path: str, *, absent: str = "", kind: str = "string", priority: int = 0) -> Column:
    return Column(name, kind, lambda document: text_at(document, path) or absent, priority)


def _size(name: str, *paths: str) -> Column:
    return Column(name, "integer", lambda document: sum(len(document.get(path) or {}) for path in paths))


def _count(document: Document, path: str) -> str:
    return text_at(document, path) or "0"


def _used_of_quota(document: Document) -> str:
    used = (document.get("status") or {}).get("used") or {}
    hard = (document.get("spec") or {}).get("hard") or {}
    return ", ".join(f"{name}: {used.get(name, '0')}/{limit}" for name, limit in sorted(hard.items()))


def _ready_replicas(document: Document) -> str:
    return f"{_count(document, 'status.readyReplicas')}/{_count(document, 'spec.replicas')}"


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


_COLUMNS: Final[dict[str, tuple[Column, ...]]] = {
    "Namespace": (_field("Status", "status.phase"),),
    "ConfigMap": (_size("Data", "data", "binaryData"),),
    "Secret": (_field("Type", "type"), _size("Data", "data")),
    "Service": (
        _field("Type", "spec.type"),
        _field("Cluster-IP", "spec.clusterIP", absent=_NONE),
        Column("External-IP", "string", lambda _: _NONE),
        Column("Port(s)", "string", _ports),
    ),
    "Pod": (
        Column("Ready", "string", _ready_containers),
        _field("Status", "status.phase", absent="Pending"),
        Column("Restarts", "string", lambda pod: str(sum(select(pod, ".status.containerStatuses[*].restartCount")))),
    ),
    "Node": (Column("Status", "string", _node_state), _field("Version", "status.nodeInfo.kubeletVersion")),
    "Deployment": (
        Column("Ready", "string", _ready_replicas),
        Column("Up-to-date", "integer", lambda document: int(_count(document, "status.updatedReplicas"))),
        Column("Available", "integer", lambda document: int(_count(document, "status.availableReplicas"))),
    ),
    "PersistentVolumeClaim": (
        _field("Status", "status.phase"),
        _field("Volume", "spec.volumeName"),
        _field("Capacity", "status.capacity.storage"),
        _field("StorageClass", "spec.storageClassName"),
    ),
    "ResourceQuota": (Column("Request", "string", _used_of_quota),),
    "Lease": (_field("Holder", "spec.holderIdentity"),),
    "RoleBinding": (Column("Role", "string", _role),),
    "ClusterRoleBinding": (Column("Role", "string", _role),),
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


def builtin_columns(kind: str) -> tuple[Column, ...]:
    """The columns of a built-in kind."""
    if kind == "Event":
        return _EVENT_COLUMNS
    if kind in {"CustomResourceDefinition", "Role", "ClusterRole"}:
        return (name_column(), _field("Created At", "metadata.creationTimestamp"))
    return (name_column(), *_COLUMNS.get(kind, ()), created_column())

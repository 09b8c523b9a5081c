"""Writes `http/protobuf_numbers.tsv`: the numbers of the fields in protobuf, read from the Go types of Kubernetes.

Run it with `go` installed after a change of `VERSION` or of the table of fields.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from virtrigaud_localkube.registry.field_table import table

VERSION = "v0.37.1"
TABLE = Path(__file__).parent.parent / "src/virtrigaud_localkube/http/protobuf_numbers.tsv"
PACKAGES = (
    "core", "apps", "batch", "rbac", "policy", "networking", "coordination", "storage", "scheduling", "discovery",
    "authentication", "authorization", "autoscaling", "admissionregistration", "events",
)  # fmt: skip
# Where the table of fields tells types of one name apart, and one that is in two packages.
ELSEWHERE = {
    "EventOfEvents": "events.Event",
    "EventsV1EventSeries": "events.EventSeries",
    "RbacV1Subject": "rbac.Subject",
    "CoreV1EndpointPort": "core.EndpointPort",
    "CoreV1ResourceClaim": "core.ResourceClaim",
    "DiscoveryV1EndpointPort": "discovery.EndpointPort",
    "AdmissionregistrationV1ServiceReference": "admissionregistration.ServiceReference",
    "AdmissionregistrationV1WebhookClientConfig": "admissionregistration.WebhookClientConfig",
    "TokenRequest": "authentication.TokenRequest",
}
# Their fields are not what the table says: they hold encoded JSON.
OPAQUE = {"ManagedFieldsEntry"}
STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r'^\s*(?:\w+\s+)?([\w.\[\]*]+)\s+`json:"([^"]*)".*?protobuf:"\w+,(\d+),', re.MULTILINE)


def go_types() -> dict[str, str]:
    """The bodies of all structs, by package and name, and by name alone where the first package has it."""
    found: dict[str, str] = {}
    files = [("meta", sources("apimachinery") / "pkg/apis/meta/v1/types.go")]
    files += [(package, sources("api") / package / "v1/types.go") for package in PACKAGES]
    for package, file in files:
        for name, body in STRUCT.findall(file.read_text()):
            found[f"{package}.{name}"] = body
            found.setdefault(name, body)
    return found


def sources(module: str) -> Path:
    """Where a module of Kubernetes is, in the cache of Go."""
    command = ["go", "mod", "download", "-json", f"k8s.io/{module}@{VERSION}"]
    said = subprocess.run(command, capture_output=True, check=True, cwd="/").stdout  # noqa: S603 - our own words
    return Path(json.loads(said)["Dir"])


def entries(body: str) -> Iterator[str]:
    """The fields of a struct as `NUMBER:NAME`, with a mark behind the number where one is needed.

    `?` means nothing when it is zero, `q` is a quantity, `+` is a type whose fields stand in its place.
    """
    for of, spelled, number in FIELD.findall(body):
        name, *options = spelled.split(",")
        if not name:
            yield f"{number}+:{of.rpartition('.')[2]}"
        elif "Quantity" in of or "ResourceList" in of:
            yield f"{number}q:{name}"
        else:
            is_always_sent = of in {"int32", "int64", "bool"} and "omitempty" in options
            yield f"{number}{'?' if is_always_sent else ''}:{name}"


def rows() -> Iterator[str]:
    """One line for each type that the table of fields has, or that stands in place of fields of one."""
    types = go_types()
    waiting = sorted(set(table()) - OPAQUE)
    seen = set(waiting)
    for name in waiting:
        body = types.get(ELSEWHERE.get(name, name))
        if body is None:
            continue
        fields = list(entries(body))
        yield f"{name}\t{' '.join(fields)}"
        inlined = [field.partition("+:")[2] for field in fields if "+:" in field]
        waiting += [inner for inner in inlined if inner not in seen]
        seen.update(inlined)


if __name__ == "__main__":
    lines = sorted(rows())
    TABLE.write_text("type\tfields\n" + "".join(line + "\n" for line in lines))
    sys.stdout.write(f"{TABLE.name}: {len(lines)} types\n")

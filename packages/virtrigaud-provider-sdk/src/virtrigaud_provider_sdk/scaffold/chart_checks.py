"""What a provider's `chart/values.yaml` must say for the chart `virtrigaud-provider`, as far as the project can tell.

`__main__` prints the findings. The chart's own schema checks everything else when helm reads the file; a project
without the file is run by the manager only, and has nothing to check.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import yaml

from virtrigaud_provider_sdk.scaffold.packaging_checks import Finding
from virtrigaud_provider_sdk.scaffold.provider_name import ProviderName

CHART_VALUES: Final = Path("chart/values.yaml")

KNOWN_VALUES: Final = frozenset(
    {"affinity", "args", "credentials", "drainSeconds", "env", "fullnameOverride"}
    | {"global", "image", "imagePullSecrets", "livenessProbe", "log", "nameOverride"}
    | {"networkPolicy", "nodeSelector", "podAnnotations", "podDisruptionBudget"}
    | {"podLabels", "podSecurityContext", "priorityClassName", "provider"}
    | {"readinessProbe", "replicaCount", "resources", "securityContext", "service"}
    | {"serviceAccount", "state", "tls", "tolerations", "topologySpreadConstraints"}
    | {"volumeMounts", "volumes"}
)
"""The values of the chart; a test compares them with its schema."""


def check_chart_values(name: ProviderName, project: Path) -> Iterator[Finding]:
    """Check the chart values of a project, where it has them."""
    file = project / CHART_VALUES
    if not file.is_file():
        return
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        yield Finding(str(CHART_VALUES), f"can't be read: {type(error).__name__}")
        return
    if not isinstance(values, Mapping):
        yield Finding(str(CHART_VALUES), "holds no values")
        return
    unknown = sorted(str(key) for key in values if key not in KNOWN_VALUES)
    yield Finding(f"{CHART_VALUES} keys", f"the chart has no {', '.join(unknown)}" if unknown else "")
    kind = _text(values, "provider", "type")
    yield Finding(
        f"{CHART_VALUES} provider.type", "" if kind == name.type else f"is {kind!r}, and must be {name.type!r}"
    )
    repository = _text(values, "image", "repository")
    yield Finding(f"{CHART_VALUES} image.repository", "" if repository else "missing; name the provider's image")
    yield Finding(
        f"{CHART_VALUES} tls", "" if _is_served_over_tls(values) else "must name a Secret and not be disabled"
    )


def _is_served_over_tls(values: Mapping[str, object]) -> bool:
    tls = values.get("tls")
    return isinstance(tls, Mapping) and tls.get("enabled", True) is True and bool(tls.get("secretName"))


def _text(values: Mapping[str, object], group: str, key: str) -> str:
    inner = values.get(group)
    return str(inner.get(key) or "") if isinstance(inner, Mapping) else ""

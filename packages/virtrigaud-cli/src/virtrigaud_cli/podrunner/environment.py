"""The environment variables and arguments of a pod's process, from the manifest, Secrets and the pod itself.

Pure. Called by `pod`. Secrets may enter the environment, as with a kubelet, never the arguments.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from virtrigaud_cli.podrunner.cluster_view import ClusterView, NotYet
from virtrigaud_cli.podrunner.pod_template import (
    Container,
    EnvironmentValue,
    FromConfigMap,
    FromField,
    FromSecret,
    Literal,
    PodIdentity,
)
from virtrigaud_cli.podrunner.volumes import scratch_folder

BIND_ADDRESS: Final = "VIRTRIGAUD_PROVIDER_BIND_ADDRESS"
MOUNT_ROOT: Final = "VIRTRIGAUD_MOUNT_ROOT"
REASON_CONFIG: Final = "CreateContainerConfigError"
# What a process of this machine needs to run at all; nothing else of the surroundings leaks into a pod.
INHERITED: Final = (
    "PATH", "PYTHONPATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
)  # fmt: skip
_REFERENCE: Final = re.compile(r"\$\$|\$\(([A-Za-z0-9_.-]+)\)")


@dataclass(frozen=True, slots=True)
class ResolvedEnvironment:
    """The variables of a container, and those of them that anybody may see in a process list."""

    variables: Mapping[str, str] = field(repr=False)
    public: Mapping[str, str]


def container_environment(container: Container, pod: PodIdentity, view: ClusterView) -> ResolvedEnvironment:
    """Resolve every variable, later ones seeing earlier ones by `$(NAME)`.

    Raises:
        NotYet: a Secret, a ConfigMap or a key of theirs is missing, named exactly.
    """
    variables: dict[str, str] = {}
    public: dict[str, str] = {}
    for variable in container.environment:
        text = _resolved(variable.name, variable.value, pod, view)
        if text is None:
            continue
        is_literal = isinstance(variable.value, Literal)
        variables[variable.name] = expanded(text, variables) if is_literal else text
        if not isinstance(variable.value, FromSecret):
            public[variable.name] = expanded(text, public) if is_literal else text
    return ResolvedEnvironment(variables, public)


def process_environment(variables: Mapping[str, str], *, address: str, mount_root: Path) -> dict[str, str]:
    """The whole environment of the process: this machine's, the runner's, then the manifest's."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    runner = {"PYTHONUNBUFFERED": "1", "TMPDIR": str(scratch_folder(mount_root))}
    return inherited | runner | dict(variables) | {BIND_ADDRESS: address, MOUNT_ROOT: str(mount_root)}


def container_arguments(container: Container, public: Mapping[str, str]) -> tuple[str, ...]:
    """The arguments with `$(NAME)` replaced; a name that stands for a secret stays a name."""
    return tuple(expanded(argument, public) for argument in container.arguments)


def expanded(text: str, variables: Mapping[str, str]) -> str:
    """Replace `$(NAME)`; an unknown name stays as it is and `$$` is a dollar sign, as Kubernetes does."""
    return _REFERENCE.sub(
        lambda found: "$" if found[0] == "$$" else variables.get(str(found[1]), found[0]),
        text,
    )


def _resolved(name: str, value: EnvironmentValue, pod: PodIdentity, view: ClusterView) -> str | None:
    match value:
        case Literal(text):
            return text
        case FromSecret(secret, key, optional):
            contents = view.secret(pod.namespace, secret)
            return _entry(f"Secret {pod.namespace}/{secret}", contents, key, optional=optional)
        case FromConfigMap(config_map, key, optional):
            contents = view.config_map(pod.namespace, config_map)
            return _entry(f"ConfigMap {pod.namespace}/{config_map}", contents, key, optional=optional)
        case FromField(path):
            text_of_field = pod.field(path)
            if text_of_field is None:
                raise NotYet(REASON_CONFIG, f"variable {name}: the field {path} is not to be had locally")
            return text_of_field


def _entry(source: str, contents: Mapping[str, bytes] | None, key: str, *, optional: bool) -> str | None:
    if contents is not None and key in contents:
        return contents[key].decode(errors="replace")
    if optional:
        return None
    missing = "does not exist" if contents is None else f"has no key {key}"
    raise NotYet(REASON_CONFIG, f"{source} {missing}")

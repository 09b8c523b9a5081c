"""Reads a Deployment document into the values of `pod_template`. Pure.

What a process on a laptop can't be given (other volume kinds, exec probes, several containers) is either
said in the value (`UnsupportedVolume`) or left out where a process does well without it (resources, security
context, lifecycle hooks).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from virtrigaud_api.v1beta1 import keys

from virtrigaud_cli.podrunner.pod_template import (
    ClaimVolume,
    ConfigMapVolume,
    Container,
    EmptyDirectory,
    EnvironmentValue,
    EnvironmentVariable,
    FromConfigMap,
    FromField,
    FromSecret,
    GrpcHealth,
    HttpGet,
    KeyToPath,
    Literal,
    Mount,
    Probe,
    ProbeAction,
    ProviderDeployment,
    SecretVolume,
    TcpConnect,
    UnsupportedVolume,
    Volume,
)

Part = Mapping[str, Any]
DEFAULT_GRACE_SECONDS: Final = 30
_DIGEST_LENGTH: Final = 10


def read_deployment(document: Part) -> ProviderDeployment:
    """The provider Deployment in a document.

    Raises:
        ValueError: the Deployment asks for something that makes no provider pod, in words for its status.
    """
    metadata, spec = document["metadata"], document["spec"]
    template = spec["template"]
    pod_metadata = template.get("metadata") or {}
    labels = pod_metadata.get("labels") or {}
    return ProviderDeployment(
        namespace=str(metadata["namespace"]),
        name=str(metadata["name"]),
        uid=str(metadata["uid"]),
        generation=int(metadata.get("generation") or 1),
        replicas=int(spec.get("replicas", 1)),
        provider_type=str(labels.get(keys.LABEL_PROVIDER_TYPE) or ""),
        labels=_pairs(labels),
        annotations=_pairs(pod_metadata.get("annotations") or {}),
        container=_container(template["spec"]),
        grace_seconds=float(template["spec"].get("terminationGracePeriodSeconds", DEFAULT_GRACE_SECONDS)),
        template_digest=template_digest(template),
    )


def template_digest(template: Part) -> str:
    """A short name for a pod template; a different template has a different one."""
    text = json.dumps(template, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]


def _container(pod: Part) -> Container:
    containers: Sequence[Part] = pod.get("containers") or ()
    if len(containers) != 1:
        raise ValueError(f"a local provider pod has one container, this one has {len(containers)}")
    container = containers[0]
    ports = {str(port["name"]): int(port["containerPort"]) for port in container.get("ports") or () if "name" in port}
    volumes = {str(volume["name"]): _volume(volume) for volume in pod.get("volumes") or ()}
    return Container(
        name=str(container["name"]),
        image=str(container.get("image") or ""),
        arguments=tuple(map(str, container.get("args") or ())),
        environment=tuple(_variable(entry) for entry in container.get("env") or ()),
        mounts=tuple(_mount(entry, volumes) for entry in container.get("volumeMounts") or ()),
        liveness=_probe(container.get("livenessProbe"), ports),
        readiness=_probe(container.get("readinessProbe"), ports),
    )


def _variable(entry: Part) -> EnvironmentVariable:
    return EnvironmentVariable(str(entry["name"]), _environment_value(entry))


def _environment_value(entry: Part) -> EnvironmentValue:
    match entry.get("valueFrom"):
        case {"secretKeyRef": reference}:
            return FromSecret(reference["name"], reference["key"], bool(reference.get("optional")))
        case {"configMapKeyRef": reference}:
            return FromConfigMap(reference["name"], reference["key"], bool(reference.get("optional")))
        case {"fieldRef": {"fieldPath": path}}:
            return FromField(path)
        case None:
            return Literal(str(entry.get("value") or ""))
        case other:
            raise ValueError(f"environment variable {entry['name']}: {', '.join(other)} is not to be had locally")


def _mount(entry: Part, volumes: Mapping[str, Volume]) -> Mount:
    name = str(entry["name"])
    if name not in volumes:
        raise ValueError(f"volumeMount {name} names no volume of the pod")
    if entry.get("subPath") or entry.get("subPathExpr"):
        return Mount(name, str(entry["mountPath"]), UnsupportedVolume("subPath"))
    return Mount(name, str(entry["mountPath"]), volumes[name])


def _volume(volume: Part) -> Volume:
    match volume:
        case {"secret": source}:
            return SecretVolume(source["secretName"], _items(source), bool(source.get("optional")))
        case {"configMap": source}:
            return ConfigMapVolume(source["name"], _items(source), bool(source.get("optional")))
        case {"emptyDir": _}:
            return EmptyDirectory()
        case {"persistentVolumeClaim": {"claimName": claim}}:
            return ClaimVolume(claim)
        case _:
            return UnsupportedVolume(", ".join(key for key in volume if key != "name") or "nothing")


def _items(source: Part) -> tuple[KeyToPath, ...]:
    return tuple(KeyToPath(str(item["key"]), str(item["path"])) for item in source.get("items") or ())


def _probe(probe: Part | None, ports: Mapping[str, int]) -> Probe | None:
    action = _probe_action(probe, ports) if probe else None
    if probe is None or action is None:
        return None
    return Probe(
        action=action,
        initial_delay_seconds=float(probe.get("initialDelaySeconds") or 0),
        period_seconds=float(probe.get("periodSeconds") or 10),
        timeout_seconds=float(probe.get("timeoutSeconds") or 1),
        success_threshold=int(probe.get("successThreshold") or 1),
        failure_threshold=int(probe.get("failureThreshold") or 3),
    )


def _probe_action(probe: Part, ports: Mapping[str, int]) -> ProbeAction | None:
    match probe:
        case {"httpGet": request}:
            path, tls = str(request.get("path") or "/"), request.get("scheme") == "HTTPS"
            return HttpGet(_port(request["port"], ports), path, tls)
        case {"tcpSocket": {"port": port}}:
            return TcpConnect(_port(port, ports))
        case {"grpc": request}:
            return GrpcHealth(_port(request["port"], ports), str(request.get("service") or ""))
        case _:
            return None


def _port(port: int | str, ports: Mapping[str, int]) -> int:
    if isinstance(port, int) or port.isdigit():
        return int(port)
    if port not in ports:
        raise ValueError(f"a probe names the port {port!r}, which the container does not have")
    return ports[port]


def _pairs(mapping: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((key, str(value)) for key, value in mapping.items()))

"""Reads the protobuf bodies that Kubernetes clients send for built-in kinds. Answers are always JSON.

Types come from the table of fields, numbers stand here (Kubernetes API, `generated.proto`). A number with a `?` is of
a field that is always sent and means nothing when it is zero or false. A field without a number here is refused with
415 rather than dropped.
"""

import base64
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from virtrigaud_localkube.api_error import ApiError, bad_request, unsupported_media_type
from virtrigaud_localkube.document import Document, JsonValue
from virtrigaud_localkube.registry.field_table import table

MAGIC: Final = b"k8s\x00"
_ACCEPTED: Final = "application/json, application/yaml"

_NUMBERS: Final = {
    "ObjectMeta": "1:name 2:generateName 3:namespace 4:selfLink 5:uid 6:resourceVersion 7?:generation "
    "8:creationTimestamp 9:deletionTimestamp 10:deletionGracePeriodSeconds 11:labels 12:annotations "
    "13:ownerReferences 14:finalizers 17:managedFields",
    "OwnerReference": "1:kind 3:name 4:uid 5:apiVersion 6:controller 7:blockOwnerDeletion",
    "Namespace": "1:metadata 2:spec 3:status",
    "NamespaceSpec": "1:finalizers",
    "NamespaceStatus": "1:phase",
    "ConfigMap": "1:metadata 2:data 3:binaryData 4:immutable",
    "Secret": "1:metadata 2:data 3:type 4:stringData 5:immutable",
    "ServiceAccount": "1:metadata 2:secrets 3:imagePullSecrets 4:automountServiceAccountToken",
    "ObjectReference": "1:kind 2:namespace 3:name 4:uid 5:apiVersion 6:resourceVersion 7:fieldPath",
    "LocalObjectReference": "1:name",
    "Service": "1:metadata 2:spec 3:status",
    "ServiceSpec": "1:ports 2:selector 3:clusterIP 4:type 5:externalIPs 7:sessionAffinity 8:loadBalancerIP "
    "9:loadBalancerSourceRanges 10:externalName 11:externalTrafficPolicy 12?:healthCheckNodePort "
    "13?:publishNotReadyAddresses 17:ipFamilyPolicy 18:clusterIPs 19:ipFamilies",
    "ServicePort": "1:name 2:protocol 3:port 4:targetPort 5?:nodePort 6:appProtocol",
    "ServiceStatus": "1:loadBalancer 2:conditions",
    "LoadBalancerStatus": "1:ingress",
    "Event": "1:metadata 2:involvedObject 3:reason 4:message 5:source 6:firstTimestamp 7:lastTimestamp 8?:count 9:type "
    "10:eventTime 11:series 12:action 13:related 14:reportingComponent 15:reportingInstance",
    "EventSource": "1:component 2:host",
    "Role": "1:metadata 2:rules",
    "ClusterRole": "1:metadata 2:rules 3:aggregationRule",
    "PolicyRule": "1:verbs 2:apiGroups 3:resources 4:resourceNames 5:nonResourceURLs",
    "RoleBinding": "1:metadata 2:subjects 3:roleRef",
    "ClusterRoleBinding": "1:metadata 2:subjects 3:roleRef",
    "RbacV1Subject": "1:kind 2:apiGroup 3:name 4:namespace",
    "RoleRef": "1:apiGroup 2:kind 3:name",
    "Lease": "1:metadata 2:spec",
    "LeaseSpec": "1:holderIdentity 2:leaseDurationSeconds 3:acquireTime 4:renewTime 5:leaseTransitions 6:strategy "
    "7:preferredHolder",
    "Deployment": "1:metadata 2:spec 3:status",
    "DeploymentSpec": "1:replicas 2:selector 3:template 4:strategy 5?:minReadySeconds 6:revisionHistoryLimit 7?:paused "
    "9:progressDeadlineSeconds",
    "DeploymentStrategy": "1:type 2:rollingUpdate",
    "RollingUpdateDeployment": "1:maxUnavailable 2:maxSurge",
    "DeploymentStatus": "1?:observedGeneration 2?:replicas 3?:updatedReplicas 4?:availableReplicas "
    "5?:unavailableReplicas 6:conditions 7?:readyReplicas",
    "LabelSelector": "1:matchLabels 2:matchExpressions",
    "LabelSelectorRequirement": "1:key 2:operator 3:values",
    "PodTemplateSpec": "1:metadata 2:spec",
    "PodSpec": "2:containers 3:restartPolicy 4:terminationGracePeriodSeconds 6:dnsPolicy 7:nodeSelector "
    "8:serviceAccountName 9:serviceAccount 10:nodeName 11?:hostNetwork 12?:hostPID 13?:hostIPC 14:securityContext "
    "16:hostname 17:subdomain 19:schedulerName 24:priorityClassName",
    "PodSecurityContext": "",
    "Container": "1:name 2:image 3:command 4:args 5:workingDir 6:ports 7:env 8:resources 13:terminationMessagePath "
    "14:imagePullPolicy 16?:stdin 17?:stdinOnce 18?:tty 20:terminationMessagePolicy",
    "ContainerPort": "1:name 2?:hostPort 3:containerPort 4:protocol 5:hostIP",
    "EnvVar": "1:name 2:value",
    "ResourceRequirements": "1:limits 2:requests",
    "SelfSubjectReview": "1:metadata 2:status",
    "SelfSubjectReviewStatus": "1:userInfo",
    "UserInfo": "1:username 2:uid 3:groups",
    "SelfSubjectAccessReview": "1:metadata 2:spec 3:status",
    "SubjectAccessReview": "1:metadata 2:spec 3:status",
    "SelfSubjectAccessReviewSpec": "1:resourceAttributes 2:nonResourceAttributes",
    "SubjectAccessReviewSpec": "1:resourceAttributes 2:nonResourceAttributes 3:user 4:groups 6:uid",
    "ResourceAttributes": "1:namespace 2:verb 3:group 4:version 5:resource 6:subresource 7:name",
    "NonResourceAttributes": "1:path 2:verb",
    "SubjectAccessReviewStatus": "1:allowed 2:reason 3:evaluationError 4:denied",
    "SelfSubjectRulesReview": "1:metadata 2:spec 3:status",
    "SelfSubjectRulesReviewSpec": "1:namespace",
    "SubjectRulesReviewStatus": "1:resourceRules 2:nonResourceRules 3:incomplete 4:evaluationError",
    "TokenReview": "1:metadata 2:spec 3:status",
    "TokenReviewSpec": "1:token 2:audiences",
    "TokenReviewStatus": "1:authenticated 2:user 3:error 4:audiences",
    "DeleteOptions": "1:gracePeriodSeconds 2:preconditions 3:orphanDependents 4:propagationPolicy 5:dryRun",
    "Preconditions": "1:uid 2:resourceVersion",
    "Scale": "1:metadata 2:spec 3:status",
    "ScaleSpec": "1:replicas",
    "ScaleStatus": "1:replicas 2:selector",
}


def decode_protobuf(body: bytes) -> Document:
    """Decodes a body in the Kubernetes protobuf envelope.

    Raises:
        ApiError: It is broken (400), or of a kind or with a field that is not read as protobuf (415).
    """
    try:
        return _decode_envelope(body.removeprefix(MAGIC))
    except (IndexError, ValueError, UnicodeDecodeError, RecursionError) as error:
        raise bad_request(f"the protobuf body can't be decoded: {error}") from error


def _decode_envelope(body: bytes) -> Document:
    envelope = dict(_fields(body))
    kind = {number: _text(value) for number, value in _fields(_bytes(envelope.get(1, b"")))}
    api_version, name = kind.get(1, ""), kind.get(2, "")
    if name not in _NUMBERS:
        raise unsupported_media_type(f"{_ACCEPTED} ({name or 'this kind'} is not read as protobuf)")
    return {"apiVersion": api_version, "kind": name, **_message(name, _bytes(envelope.get(2, b"")))}


def _fields(data: bytes) -> Iterator[tuple[int, bytes | int]]:
    position = 0
    while position < len(data):
        tag, position = _varint(data, position)
        number, wire_type = tag >> 3, tag & 7
        match wire_type:
            case 0:
                value, position = _varint(data, position)
                yield number, value
            case 2:
                length, position = _varint(data, position)
                if position + length > len(data):
                    raise ValueError("a field is cut off")
                yield number, data[position : position + length]
                position += length
            case _:
                raise ValueError(f"wire type {wire_type} is not used by Kubernetes")


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 64:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
    raise ValueError("a number is too long")


def _message(name: str, data: bytes) -> Document:
    names = _numbered(name)
    types = {field.name: field.of for field in table()[name]}
    decoded: Document = {}
    for number, value in _fields(data):
        if number not in names:
            raise _unread(name, number)
        field, is_nothing_when_zero = names[number]
        if value or not is_nothing_when_zero:
            _add(decoded, field, types[field], value)
    return decoded


@cache
def _numbered(name: str) -> dict[int, tuple[str, bool]]:
    """The fields of a type by number, with whether zero means that they are not set."""
    entries = (entry.partition(":") for entry in _NUMBERS[name].split())
    return {int(number.rstrip("?")): (field, number.endswith("?")) for number, _, field in entries}


def _add(decoded: Document, field: str, of: str, value: bytes | int) -> None:
    if of.startswith("list<"):
        decoded.setdefault(field, []).append(_value(of[5:-1], value))
    elif of.startswith("map<"):
        entry = dict(_fields(_bytes(value)))
        decoded.setdefault(field, {})[_text(entry.get(1, b""))] = _value(of[4:-1], entry.get(2, b""))
    else:
        decoded[field] = _value(of, value)
        if decoded[field] in ("", None):
            del decoded[field]


def _value(of: str, value: bytes | int) -> JsonValue:
    if decoder := _SCALARS.get(of):
        return decoder(value)
    if of not in _NUMBERS:
        raise unsupported_media_type(f"{_ACCEPTED} ({of} is not read as protobuf)")
    return _message(of, _bytes(value))


def _bytes(value: bytes | int) -> bytes:
    if isinstance(value, int):
        raise ValueError("a number stands where bytes are expected")  # noqa: TRY004 - broken input, not a broken call
    return value


def _text(value: bytes | int) -> str:
    return _bytes(value).decode()


def _number(value: bytes | int) -> int:
    if not isinstance(value, int):
        raise ValueError("bytes stand where a number is expected")  # noqa: TRY004 - broken input, not a broken call
    return value - (1 << 64) if value >> 63 else value


def _time(value: bytes | int) -> str | None:
    parts = {number: _number(part) for number, part in _fields(_bytes(value))}
    if not parts:
        return None
    moment = datetime.fromtimestamp(parts.get(1, 0), UTC)
    micros = f".{parts[2] // 1000:06d}" if parts.get(2) else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{micros}Z"


def _int_or_string(value: bytes | int) -> int | str:
    parts = dict(_fields(_bytes(value)))
    return _text(parts.get(3, b"")) if parts.get(1) else _number(parts.get(2, 0))


def _unread(name: str, number: int) -> ApiError:
    return unsupported_media_type(f"{_ACCEPTED} (field {number} of {name} is not read as protobuf)")


_SCALARS: Final[dict[str, Callable[[bytes | int], Any]]] = {
    "string": _text,
    "integer": _number,
    "boolean": bool,
    "bytes": lambda value: base64.b64encode(_bytes(value)).decode(),
    "time": _time,
    "any": _int_or_string,
}

"""The status of Deployments and Pods as the API shows it, computed from what is known. Pure.

Called by `deployment_runner`, which writes a document only when it differs from the one before.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from virtrigaud_api.v1beta1 import keys

from virtrigaud_cli.podrunner.pod_state import Ended, PodState, Running, Waiting
from virtrigaud_cli.podrunner.pod_template import HOST_ADDRESS, NODE_NAME, ProviderDeployment

Document = dict[str, Any]
LABEL_TEMPLATE_DIGEST: Final = "pod-template-hash"
ANNOTATION_LOG_FILE: Final = f"{keys.KEY_DOMAIN}/log-file"
AVAILABLE: Final = "Available"
PROGRESSING: Final = "Progressing"


def deployment_status(deployment: ProviderDeployment, pods: Sequence[PodState], former: Sequence[Document]) -> Document:
    """The status of a Deployment with these pods; conditions keep their times while nothing changes."""
    ready = sum(pod.is_ready for pod in pods)
    missing = max(deployment.replicas - ready, 0)
    counts = {
        "replicas": len(pods),
        "updatedReplicas": len(pods),
        "readyReplicas": ready,
        "availableReplicas": ready,
        "unavailableReplicas": missing,
    }
    conditions = [_available(deployment, pods, missing), _progressing(deployment, missing)]
    # A merge patch removes what is null, and Kubernetes leaves counts of zero out.
    return {
        "observedGeneration": deployment.generation,
        **{name: count or None for name, count in counts.items()},
        "conditions": [_with_times(condition, former) for condition in conditions],
    }


def refused_deployment_status(document: Mapping[str, Any], message: str) -> Document:
    """The status of a Deployment that makes no pod."""
    condition = _condition(AVAILABLE, holds=False, reason="InvalidPodTemplate", message=message)
    former = (document.get("status") or {}).get("conditions") or ()
    return {
        "observedGeneration": document["metadata"].get("generation"),
        "conditions": [_with_times(condition, former)],
    }


def pod_document(deployment: ProviderDeployment, template: Mapping[str, Any], name: str, log: str) -> Document:
    """The Pod object of a Deployment; it goes with the Deployment."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "namespace": deployment.namespace,
            "name": name,
            "labels": dict(deployment.labels) | {LABEL_TEMPLATE_DIGEST: deployment.template_digest},
            "annotations": dict(deployment.annotations) | {ANNOTATION_LOG_FILE: log},
            "ownerReferences": [
                {
                    "apiVersion": "apps/v1",
                    "kind": "Deployment",
                    "name": deployment.name,
                    "uid": deployment.uid,
                    "controller": True,
                    "blockOwnerDeletion": True,
                }
            ],
        },
        "spec": {**template["spec"], "nodeName": NODE_NAME},
    }


def pod_status(deployment: ProviderDeployment, pod: PodState) -> Document:
    """The status of one Pod."""
    container = deployment.container
    ready = _condition(
        "Ready", holds=pod.is_ready, reason=None if pod.is_ready else "ContainersNotReady", message=_trouble(pod)
    )
    ready["lastTransitionTime"] = _time(pod.process.since if isinstance(pod.process, Running) else pod.since)
    return {
        "phase": "Running" if isinstance(pod.process, Running) or pod.restarts else "Pending",
        "startTime": _time(pod.since),
        "hostIP": HOST_ADDRESS,
        "podIP": pod.address or None,
        "podIPs": [{"ip": pod.address}] if pod.address else None,
        "conditions": [ready],
        "containerStatuses": [
            {
                "name": container.name,
                "image": container.image,
                "imageID": "",
                "ready": pod.is_ready,
                "started": isinstance(pod.process, Running),
                "restartCount": pod.restarts,
                "state": _process(pod.process),
                "lastState": _last(pod.last_end),
            }
        ],
    }


def _available(deployment: ProviderDeployment, pods: Sequence[PodState], missing: int) -> Document:
    if not missing:
        return _condition(AVAILABLE, holds=True, reason="MinimumReplicasAvailable", message="every replica is ready")
    trouble = next((_trouble(pod) for pod in pods if _trouble(pod)), "")
    if not trouble and len(pods) < deployment.replicas:
        trouble = "a local system runs one replica of a provider"
    return _condition(AVAILABLE, holds=False, reason="MinimumReplicasUnavailable", message=trouble or "not ready yet")


def _progressing(deployment: ProviderDeployment, missing: int) -> Document:
    if missing:
        message = f"{missing} of {deployment.replicas} replicas are not ready"
        return _condition(PROGRESSING, holds=True, reason="ReplicaSetUpdated", message=message)
    return _condition(PROGRESSING, holds=True, reason="NewReplicaSetAvailable", message="the present template runs")


def _trouble(pod: PodState) -> str:
    match pod.process:
        case Waiting(reason, message):
            return f"{reason}: {message}"
        case Running(ready=False):
            return "the readiness probe has not succeeded"
        case Running():
            return ""


def _process(process: Waiting | Running) -> Document:
    match process:
        case Waiting(reason, message):
            return {"waiting": {"reason": reason, "message": message}}
        case Running(since):
            return {"running": {"startedAt": _time(since)}}


def _last(ended: Ended | None) -> Document:
    if ended is None:
        return {}
    exit_code = 128 - ended.code if ended.code < 0 else ended.code
    reason = "Error" if exit_code else "Completed"
    times = {"startedAt": _time(ended.began), "finishedAt": _time(ended.ended)}
    return {"terminated": {"exitCode": exit_code, "reason": reason, **times}}


def _condition(kind: str, *, holds: bool, reason: str | None, message: str) -> Document:
    condition: Document = {"type": kind, "status": "True" if holds else "False"}
    return condition | ({"reason": reason} if reason else {}) | ({"message": message} if message else {})


def _with_times(condition: Document, former: Sequence[Document]) -> Document:
    now = _time(datetime.now(UTC))
    same = next((item for item in former if item.get("type") == condition["type"]), {})
    unchanged = all(same.get(key) == condition.get(key) for key in ("status", "reason", "message"))
    turned = same.get("lastTransitionTime") if same.get("status") == condition["status"] else None
    return condition | {
        "lastTransitionTime": turned or now,
        "lastUpdateTime": same.get("lastUpdateTime") or now if unchanged else now,
    }


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

"""The status of Deployments and Pods, computed from what is known."""

from datetime import UTC, datetime
from typing import Any

from podrunner_specimens import deployment_document
from virtrigaud_cli.podrunner.deployment_reading import read_deployment
from virtrigaud_cli.podrunner.pod_state import Ended, PodState, Running, Waiting
from virtrigaud_cli.podrunner.status_documents import deployment_status, pod_status, refused_deployment_status

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = datetime(2026, 1, 2, 3, 4, 9, tzinfo=UTC)
DEPLOYMENT = read_deployment(deployment_document())


def without_times(status: dict[str, Any]) -> dict[str, Any]:
    times = {"lastTransitionTime", "lastUpdateTime"}
    stripped = [{k: v for k, v in condition.items() if k not in times} for condition in status["conditions"]]
    return status | {"conditions": stripped}


def test_a_ready_pod_makes_the_deployment_available() -> None:
    ready = PodState(Running(START, ready=True), since=START)

    assert without_times(deployment_status(DEPLOYMENT, [ready], ())) == {
        "observedGeneration": 3,
        "replicas": 1,
        "updatedReplicas": 1,
        "readyReplicas": 1,
        "availableReplicas": 1,
        "unavailableReplicas": None,
        "conditions": [
            {
                "type": "Available",
                "status": "True",
                "reason": "MinimumReplicasAvailable",
                "message": "every replica is ready",
            },
            {
                "type": "Progressing",
                "status": "True",
                "reason": "NewReplicaSetAvailable",
                "message": "the present template runs",
            },
        ],
    }


def test_a_pod_that_cannot_start_says_why_in_the_deployment() -> None:
    waiting = PodState(Waiting("ProviderNotInstalled", "install it"), since=START)

    status = without_times(deployment_status(DEPLOYMENT, [waiting], ()))

    assert status["readyReplicas"] is None
    assert status["unavailableReplicas"] == 1
    assert status["conditions"][0] == {
        "type": "Available",
        "status": "False",
        "reason": "MinimumReplicasUnavailable",
        "message": "ProviderNotInstalled: install it",
    }


def test_a_second_replica_is_said_not_to_run_locally() -> None:
    document = deployment_document()
    document["spec"]["replicas"] = 2
    ready = PodState(Running(START, ready=True), since=START)

    status = deployment_status(read_deployment(document), [ready], ())

    assert (status["readyReplicas"], status["unavailableReplicas"]) == (1, 1)
    assert status["conditions"][0]["message"] == "a local system runs one replica of a provider"


def test_a_condition_keeps_its_time_until_it_turns() -> None:
    ready = PodState(Running(START, ready=True), since=START)
    waiting = PodState(Waiting("CrashLoopBackOff", "ended"), since=START)
    first = deployment_status(DEPLOYMENT, [ready], ())["conditions"]
    first = [condition | {"lastTransitionTime": "then", "lastUpdateTime": "then"} for condition in first]

    same = deployment_status(DEPLOYMENT, [ready], first)["conditions"]
    turned = deployment_status(DEPLOYMENT, [waiting], first)["conditions"]

    assert same == first
    assert turned[0]["lastTransitionTime"] != "then"
    assert turned[1]["lastTransitionTime"] == "then"
    assert turned[1]["lastUpdateTime"] != "then"


def test_a_template_that_makes_no_pod_is_refused_in_words() -> None:
    status = refused_deployment_status(deployment_document(), "a local provider pod has one container")

    assert without_times(status) == {
        "observedGeneration": 3,
        "conditions": [
            {
                "type": "Available",
                "status": "False",
                "reason": "InvalidPodTemplate",
                "message": "a local provider pod has one container",
            }
        ],
    }


def test_a_running_pod_is_shown_with_its_address_and_last_end() -> None:
    ended = Ended(-9, START, LATER)
    pod = PodState(Running(LATER, ready=True), since=START, address="127.96.0.7", restarts=1, last_end=ended)

    assert pod_status(DEPLOYMENT, pod) == {
        "phase": "Running",
        "startTime": "2026-01-02T03:04:05Z",
        "hostIP": "127.0.0.1",
        "podIP": "127.96.0.7",
        "podIPs": [{"ip": "127.96.0.7"}],
        "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-02T03:04:09Z"}],
        "containerStatuses": [
            {
                "name": "provider",
                "image": "example/provider:1",
                "imageID": "",
                "ready": True,
                "started": True,
                "restartCount": 1,
                "state": {"running": {"startedAt": "2026-01-02T03:04:09Z"}},
                "lastState": {
                    "terminated": {
                        "exitCode": 137,
                        "reason": "Error",
                        "startedAt": "2026-01-02T03:04:05Z",
                        "finishedAt": "2026-01-02T03:04:09Z",
                    }
                },
            }
        ],
    }


def test_a_waiting_pod_is_pending_with_its_reason() -> None:
    status = pod_status(DEPLOYMENT, PodState(Waiting("FailedMount", "Secret default/tls does not exist"), since=START))

    assert status["phase"] == "Pending"
    assert status["containerStatuses"][0]["state"] == {
        "waiting": {"reason": "FailedMount", "message": "Secret default/tls does not exist"}
    }
    assert status["conditions"][0]["status"] == "False"

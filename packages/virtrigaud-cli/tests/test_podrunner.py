"""The pod runner against a real API server, running the real memory provider."""

import base64
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from podrunner_specimens import NAME, deployment_document
from polling import eventually
from virtrigaud_cli.certificates.provider_secret import ensure_provider_tls
from virtrigaud_cli.kube.blocking import BlockingApi
from virtrigaud_cli.kube.resources import DEPLOYMENT, POD, SECRET, SERVICE
from virtrigaud_cli.local.local_state import free_ports
from virtrigaud_cli.processes.process_record import ProcessRecord
from virtrigaud_localkube import LocalKubeProcess

Document = dict[str, Any]


class RunnerProcess:
    """The pod runner as a process of the test."""

    def __init__(self, kubeconfig: Path, state: Path) -> None:
        self.state = state
        (port,) = free_ports(1)
        state.mkdir(parents=True, exist_ok=True)
        arguments = [f"--kubeconfig={kubeconfig}", f"--state={state}", f"--health-port={port}"]
        with (state / "runner.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "virtrigaud_cli.podrunner", *arguments], stdout=log, stderr=log
            )

    def pod_processes(self) -> list[ProcessRecord]:
        records = [ProcessRecord.read(path) for path in self.state.glob("pods/*/process.json")]
        return [record for record in records if record is not None and record.is_alive]

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(30)


@pytest.fixture
def runner(localkube: LocalKubeProcess, tmp_path: Path) -> Iterator[RunnerProcess]:
    process = RunnerProcess(localkube.kubeconfig, tmp_path / "state")
    yield process
    if process.process.poll() is None:
        process.stop()


def provider_deployment(**container: Any) -> Document:
    whole = {
        "args": ["--port=9443", "--health-port=8080"],
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "initialDelaySeconds": 5},
        "volumeMounts": [
            {"name": "tls", "mountPath": "/etc/virtrigaud/tls"},
            {"name": "credentials", "mountPath": "/etc/virtrigaud/credentials"},
        ],
    }
    document = deployment_document(
        whole | container,
        volumes=[
            {"name": "tls", "secret": {"secretName": "lab-tls"}},
            {"name": "credentials", "secret": {"secretName": "creds", "optional": True}},
        ],
    )
    del document["metadata"]["uid"], document["metadata"]["generation"]
    return document


def deploy(api: BlockingApi, document: Document) -> None:
    api.apply(
        SERVICE,
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"namespace": "default", "name": NAME},
            "spec": {"ports": [{"name": "grpc", "port": 9443}]},
        },
    )
    api.apply(DEPLOYMENT, document)


def status(api: BlockingApi) -> Document:
    return dict(api.get(DEPLOYMENT, "default", NAME).get("status") or {})


def trouble(api: BlockingApi) -> str:
    conditions = {condition["type"]: condition for condition in status(api).get("conditions") or ()}
    return str(conditions.get("Available", {}).get("message") or "")


def wait_until_ready(api: BlockingApi) -> Document:
    return eventually(lambda: status(api), lambda seen: seen.get("readyReplicas") == 1, seconds=60)


def pods(api: BlockingApi) -> list[Document]:
    return list(api.list(POD, "default")["items"])


def test_a_provider_runs_once_its_secret_is_there_and_goes_with_its_deployment(
    api: BlockingApi, runner: RunnerProcess
) -> None:
    deploy(api, provider_deployment())
    eventually(lambda: trouble(api), lambda said: said == "FailedMount: Secret default/lab-tls does not exist")

    ensure_provider_tls(api, "default", "lab", secret="lab-tls")
    ready = wait_until_ready(api)

    address = api.get(SERVICE, "default", NAME)["spec"]["clusterIP"]
    (pod,) = pods(api)
    assert {key: ready.get(key) for key in ("replicas", "updatedReplicas", "availableReplicas")} == {
        "replicas": 1,
        "updatedReplicas": 1,
        "availableReplicas": 1,
    }
    assert pod["status"]["podIP"] == address
    assert pod["status"]["phase"] == "Running"
    assert urllib.request.urlopen(f"http://{address}:8080/healthz", timeout=5).status == 200

    (process,) = runner.pod_processes()
    api.delete(DEPLOYMENT, "default", NAME)
    eventually(lambda: not process.is_alive)
    eventually(lambda: (pods(api), list((runner.state / "pods").glob("*"))), lambda left: left == ([], []))


def test_a_deployment_that_is_made_again_at_once_runs_again(api: BlockingApi, runner: RunnerProcess) -> None:
    ensure_provider_tls(api, "default", "lab", secret="lab-tls")
    deploy(api, provider_deployment())
    wait_until_ready(api)
    names = [pods(api)[0]["metadata"]["name"]]

    api.delete(DEPLOYMENT, "default", NAME)
    deploy(api, provider_deployment())

    fresh_pod(api, names)


def test_a_killed_provider_runs_again_in_the_same_pod(api: BlockingApi, runner: RunnerProcess) -> None:
    ensure_provider_tls(api, "default", "lab", secret="lab-tls")
    deploy(api, provider_deployment())
    wait_until_ready(api)
    (before,) = pods(api)
    (process,) = runner.pod_processes()

    os.kill(process.pid, signal.SIGKILL)

    (after,) = eventually(
        lambda: pods(api), lambda seen: seen[0]["status"]["containerStatuses"][0]["restartCount"] == 1
    )
    wait_until_ready(api)
    assert after["metadata"]["uid"] == before["metadata"]["uid"]
    assert after["status"]["containerStatuses"][0]["lastState"]["terminated"]["exitCode"] == 137


def test_another_template_and_a_deleted_pod_make_a_fresh_pod(api: BlockingApi, runner: RunnerProcess) -> None:
    ensure_provider_tls(api, "default", "lab", secret="lab-tls")
    deploy(api, provider_deployment())
    wait_until_ready(api)
    names = [pods(api)[0]["metadata"]["name"]]

    deploy(api, provider_deployment(env=[{"name": "LOG_LEVEL", "value": "debug"}]))
    names.append(fresh_pod(api, names))
    api.delete(POD, "default", names[-1])
    names.append(fresh_pod(api, names))

    assert len(set(names)) == 3
    assert len(runner.pod_processes()) == 1


def test_l14_changed_credentials_reach_the_running_pod(api: BlockingApi, runner: RunnerProcess) -> None:
    ensure_provider_tls(api, "default", "lab", secret="lab-tls")
    api.apply(SECRET, credentials("first"))
    deploy(api, provider_deployment())
    wait_until_ready(api)
    (file,) = runner.state.glob("pods/*/root/etc/virtrigaud/credentials/password")
    assert file.read_text() == "first"

    api.apply(SECRET, credentials("second"))

    eventually(file.read_text, lambda text: text == "second")
    assert [pod["status"]["containerStatuses"][0]["restartCount"] for pod in pods(api)] == [0]


def test_a_type_that_is_not_installed_says_which_package_is_missing(api: BlockingApi, runner: RunnerProcess) -> None:
    document = provider_deployment()
    document["spec"]["template"]["metadata"]["labels"] |= {"virtrigaud.io/provider-type": "lantern"}
    deploy(api, document)

    said = eventually(lambda: trouble(api), lambda text: "lantern" in text)

    assert said.startswith("ProviderNotInstalled: no installed package provides the type 'lantern' (installed: ")
    assert said.endswith("install virtrigaud-provider-lantern into the Python environment of vrtg")
    assert runner.pod_processes() == []


def test_nothing_is_left_when_the_runner_stops(api: BlockingApi, runner: RunnerProcess) -> None:
    ensure_provider_tls(api, "default", "lab", secret="lab-tls")
    deploy(api, provider_deployment())
    wait_until_ready(api)
    (process,) = runner.pod_processes()

    assert runner.stop() == 0

    assert not process.is_alive
    assert list((runner.state / "pods").glob("*")) == []


def test_a_runner_after_a_killed_one_stops_what_was_left_and_starts_afresh(
    api: BlockingApi, runner: RunnerProcess, localkube: LocalKubeProcess
) -> None:
    ensure_provider_tls(api, "default", "lab", secret="lab-tls")
    deploy(api, provider_deployment())
    wait_until_ready(api)
    (left,) = runner.pod_processes()
    (stale,) = pods(api)
    runner.process.kill()
    runner.process.wait()

    successor = RunnerProcess(localkube.kubeconfig, runner.state)

    fresh = fresh_pod(api, [stale["metadata"]["name"]])
    assert not left.is_alive
    assert [pod["metadata"]["name"] for pod in pods(api)] == [fresh]
    assert successor.stop() == 0


def test_an_api_server_that_restarts_is_followed_again(
    api: BlockingApi, runner: RunnerProcess, localkube: LocalKubeProcess
) -> None:
    ensure_provider_tls(api, "default", "lab", secret="lab-tls")
    deploy(api, provider_deployment())
    wait_until_ready(api)
    before = [pod["metadata"]["name"] for pod in pods(api)]

    localkube.kill()
    localkube.start()
    deploy(api, provider_deployment(env=[{"name": "LOG_LEVEL", "value": "debug"}]))

    fresh_pod(api, before)


def fresh_pod(api: BlockingApi, former: list[str]) -> str:
    """Wait for a ready pod with another name."""

    def ready_names() -> list[str]:
        return [pod["metadata"]["name"] for pod in pods(api) if is_ready(pod)]

    names = eventually(ready_names, lambda seen: len(seen) == 1 and seen[0] not in former, seconds=60)
    return names[0]


def is_ready(pod: Document) -> bool:
    conditions = pod.get("status", {}).get("conditions", ())
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def credentials(password: str) -> Document:
    data = {"password": base64.b64encode(password.encode()).decode()}
    metadata = {"namespace": "default", "name": "creds"}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data}

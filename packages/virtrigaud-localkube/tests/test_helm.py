"""helm 4 against the server: the life of a release, hooks, and the least privilege of a chart."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import helm_program
import pytest
import yaml
from localkube_client import Client, config_maps, eventually

MISSING = helm_program.missing()
pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

Helm = Callable[..., str]

HOOKED = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {
        "name": "prepared",
        "annotations": {
            "helm.sh/hook": "pre-install,pre-upgrade",
            "helm.sh/hook-delete-policy": "before-hook-creation",
        },
    },
    "data": {"revision": "{{ .Release.Revision }}"},
}
APPLICATION = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {greeting: {{ .Values.greeting | quote }}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: worker}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: worker}
rules: [{apiGroups: [""], resources: [configmaps], resourceNames: [settings], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: worker}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: worker}
subjects: [{kind: ServiceAccount, name: worker, namespace: {{ .Release.Namespace }}}]
---
apiVersion: v1
kind: Service
metadata: {name: worker}
spec: {ports: [{port: 80}]}
{{- if .Values.more }}
---
apiVersion: v1
kind: Secret
metadata: {name: more}
stringData: {known: {{ (lookup "v1" "ConfigMap" .Release.Namespace "settings").data.greeting | quote }}}
{{- end }}
"""


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """A chart with a hook, a role and what depends on a value."""
    place = tmp_path / "chart"
    (place / "templates").mkdir(parents=True)
    (place / "Chart.yaml").write_text("apiVersion: v2\nname: app\nversion: 1.0.0\n")
    (place / "values.yaml").write_text("greeting: hello\nmore: false\n")
    (place / "templates" / "hook.yaml").write_text(yaml.safe_dump(HOOKED))
    (place / "templates" / "application.yaml").write_text(APPLICATION)
    return place


@pytest.fixture
def helm(kubeconfig: Path, ns: str, tmp_path: Path) -> Helm:
    """Runs helm in the test's namespace and returns what it prints."""

    def run(*arguments: str, fails: bool = False) -> str:
        command = [str(helm_program.helm()), "--kubeconfig", str(kubeconfig), "--namespace", ns, *arguments]
        environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert (ended.returncode != 0) is fails, ended.stdout + ended.stderr
        return ended.stdout if not fails else ended.stderr

    return run


def release(helm: Helm) -> dict[str, Any]:
    (found,) = json.loads(helm("list", "-o", "json"))
    return {key: found[key] for key in ("name", "revision", "status", "chart")}


def test_a_release_is_installed_upgraded_rolled_back_and_uninstalled(
    api: Client, helm: Helm, ns: str, chart: Path
) -> None:
    def greeting() -> str:
        return str(api.get(config_maps(ns, "settings")).body["data"]["greeting"])

    helm("install", "app", str(chart), "--wait")
    assert release(helm) == {"name": "app", "revision": "1", "status": "deployed", "chart": "app-1.0.0"}
    assert greeting() == "hello"
    helm("upgrade", "app", str(chart), "--set", "greeting=bye,more=true", "--wait")
    assert (greeting(), release(helm)["revision"]) == ("bye", "2")
    assert api.get(f"/api/v1/namespaces/{ns}/secrets/more").body["data"] == {"known": "aGVsbG8="}
    helm("rollback", "app", "1", "--wait")
    assert (greeting(), release(helm)["revision"]) == ("hello", "3")
    assert api.get(f"/api/v1/namespaces/{ns}/secrets/more").status == 404
    assert [line["status"] for line in json.loads(helm("history", "app", "-o", "json"))][-1] == "deployed"
    helm("uninstall", "app", "--wait")
    eventually(lambda: api.get(config_maps(ns, "settings")).status == 404)
    assert json.loads(helm("list", "-o", "json")) == []


def test_hooks_run_before_each_revision(api: Client, helm: Helm, ns: str, chart: Path) -> None:
    helm("install", "app", str(chart))
    assert api.get(config_maps(ns, "prepared")).body["data"] == {"revision": "1"}
    helm("upgrade", "app", str(chart))
    assert api.get(config_maps(ns, "prepared")).body["data"] == {"revision": "2"}


def test_a_chart_gives_its_account_what_its_role_says_and_no_more(
    api: Client, helm: Helm, ns: str, chart: Path
) -> None:
    helm("install", "app", str(chart))
    granted = api.post(f"/api/v1/namespaces/{ns}/serviceaccounts/worker/token", {})
    worker = api.with_token(granted.body["status"]["token"])
    eventually(lambda: worker.get(config_maps(ns, "settings")).status == 200)
    others = [config_maps(ns), config_maps(ns, "prepared"), f"/api/v1/namespaces/{ns}/secrets", config_maps("default")]
    assert [worker.get(path).status for path in others] == [403, 403, 403, 403]


def test_what_belongs_to_nobody_or_another_release_is_not_taken_over(
    api: Client, helm: Helm, ns: str, chart: Path
) -> None:
    api.made(config_maps(ns), {"metadata": {"name": "settings"}, "data": {}})
    said = helm("install", "app", str(chart), fails=True)
    assert 'ConfigMap "settings" in namespace' in said
    assert api.get(config_maps(ns, "settings")).body["data"] == {}


def test_a_dry_run_changes_nothing(api: Client, helm: Helm, ns: str, chart: Path) -> None:
    assert 'greeting: "hello"' in helm("install", "app", str(chart), "--dry-run=server")
    assert api.get(config_maps(ns, "settings")).status == 404
    assert json.loads(helm("list", "-o", "json")) == []

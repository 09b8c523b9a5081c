"""A provider that is down or shows the wrong certificate, while everything else goes on."""

import base64

from virtrigaud_api.issuing import CertificateAndKey, new_authority, new_peer_certificate
from virtrigaud_api.v1beta1.provider_names import provider_dns_name, provider_dns_names
from virtrigaud_cli.kube.resources import PROVIDER, SECRET, VIRTUAL_MACHINE

from tests.e2e.support.local_system import LocalSystem
from tests.e2e.support.polling import eventually
from tests.e2e.support.tenant import Tenant

UNAVAILABLE = "ProviderUnavailable"


def test_l13_a_dead_provider_blocks_only_its_own_machines(system: LocalSystem, tenant: Tenant) -> None:
    tenant.add_provider("broken", wait=False, VIRTRIGAUD_MEMORY_STATE="/proc/there-is-no-such-folder/machines")
    tenant.add_machine("stuck", providerRef={"name": "broken"})
    tenant.wait_for_condition(VIRTUAL_MACHINE, "stuck", "Ready", "False", reason=UNAVAILABLE)

    tenant.add_machine("web")

    tenant.wait_until_ready("web", seconds=10)
    assert tenant.condition(VIRTUAL_MACHINE, "stuck", "Ready")["reason"] == UNAVAILABLE


def test_l14_a_provider_that_comes_back_is_used_again(tenant: Tenant) -> None:
    switch = tenant.system.state.folder / "unreachable"
    tenant.add_provider("shaky", VIRTRIGAUD_MEMORY_UNREACHABLE_WHILE=str(switch))
    switch.touch()
    tenant.add_machine("web", providerRef={"name": "shaky"})
    tenant.wait_for_condition(VIRTUAL_MACHINE, "web", "Ready", "False", reason=UNAVAILABLE)

    switch.unlink()

    tenant.wait_until_ready("web")


def test_l14_a_killed_provider_is_used_again_as_soon_as_it_is_back(own_system: LocalSystem) -> None:
    tenant = Tenant.create(own_system, "killed")
    tenant.add_provider(VIRTRIGAUD_MEMORY_TASK_DURATION="0.2")
    tenant.add_class("small", cpu=1, memory="256Mi")
    tenant.add_image("guest")
    names = {f"vm-{number:02}" for number in range(20)}

    for name in names:
        tenant.add_machine(name)
    own_system.kill("provider")

    # Twenty refused calls open the breaker, which would keep everybody away for a minute.
    eventually(tenant.ready_machines, lambda ready: ready == names, seconds=30)
    assert len(tenant.hypervisor_machines()) == len(names)


def test_l05_a_machine_whose_provider_is_down_keeps_its_finalizer(tenant: Tenant) -> None:
    switch = tenant.system.state.folder / "unreachable-at-deletion"
    tenant.add_provider("shaky", VIRTRIGAUD_MEMORY_UNREACHABLE_WHILE=str(switch))
    tenant.add_machine("web", providerRef={"name": "shaky"})
    tenant.wait_until_ready("web")
    switch.touch()

    tenant.delete(VIRTUAL_MACHINE, "web")

    said = eventually(
        lambda: tenant.condition(VIRTUAL_MACHINE, "web", "Ready"), lambda seen: "unreachable" in seen.get("message", "")
    )
    assert said["status"] == "False"
    assert tenant.machine("web")["metadata"]["finalizers"] == ["virtualmachine.infra.virtrigaud.io/finalizer"]
    switch.unlink()
    tenant.wait_until_gone(VIRTUAL_MACHINE, "web")
    assert tenant.hypervisor_machines("shaky") == []


def test_l35_a_certificate_for_another_name_is_refused_and_named(tenant: Tenant) -> None:
    authority = new_authority("test")
    wrong = new_peer_certificate(authority, provider_dns_names("elsewhere", "memory"))
    tenant.add_provider("masked", wait=False)
    replace_certificate(tenant, "masked", wrong, authority)
    tenant.add_machine("web", providerRef={"name": "masked"})

    said = eventually(
        lambda: tenant.condition(PROVIDER, "masked", "ProviderAvailable"),
        lambda seen: "TLS handshake" in seen.get("message", ""),
        seconds=60,
    )

    assert said["status"] == "False"
    wanted = provider_dns_name(tenant.namespace, "masked")
    assert f"whose certificate must be valid for {wanted}, failed" in said["message"]
    assert "Hostname Verification Check failed" in said["message"]
    assert tenant.condition(VIRTUAL_MACHINE, "web", "Ready")["status"] == "False"


def test_l35_no_tls_secret_means_no_connection(tenant: Tenant) -> None:
    tenant.add_provider("bare", wait=False, with_tls_secret=False)
    tenant.add_machine("web", providerRef={"name": "bare"})

    tenant.wait_for_condition(VIRTUAL_MACHINE, "web", "Ready", "False", reason=UNAVAILABLE)

    said = eventually(
        lambda: tenant.condition(PROVIDER, "bare", "ProviderRuntimeReady"),
        lambda seen: f"Secret {tenant.namespace}/bare-tls does not exist" in seen.get("message", ""),
    )
    assert said["status"] == "False"


def replace_certificate(tenant: Tenant, provider: str, pair: CertificateAndKey, authority: CertificateAndKey) -> None:
    contents = {"tls.crt": pair.certificate, "tls.key": pair.key, "ca.crt": authority.certificate}
    data = {key: base64.b64encode(content).decode() for key, content in contents.items()}
    metadata = {"namespace": tenant.namespace, "name": f"{provider}-tls"}
    document = {
        "apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "kubernetes.io/tls", "data": data
    }  # fmt: skip
    tenant.api.apply(SECRET, document)

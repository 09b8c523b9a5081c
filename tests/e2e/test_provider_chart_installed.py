"""The chart of one provider, installed by helm: it serves, follows its values, and goes."""

import os
import subprocess
from pathlib import Path

import helm_program
import pytest
from virtrigaud_api.issuing import new_authority, new_peer_certificate
from virtrigaud_api.wire.certificates import TlsMaterial, secure_channel
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_cli.kube.resources import POD, SERVICE

from tests.e2e.support.polling import eventually
from tests.e2e.support.tenant import GRPC_PORT, Tenant

ROOT = Path(__file__).resolve().parents[2]
MISSING = helm_program.missing()
pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

CHART = ROOT / "charts/virtrigaud-provider"
SERVICE_NAME = "cloud-virtrigaud-provider"


def helm(tenant: Tenant, *arguments: str) -> None:
    command = [str(helm_program.helm()), "--namespace", tenant.namespace, *arguments]
    environment = os.environ | {"KUBECONFIG": str(tenant.system.state.kubeconfig)}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def add_tls_secret(tenant: Tenant) -> TlsMaterial:
    authority = new_authority("clouds")
    peer = new_peer_certificate(authority, [server_name(tenant)])
    contents = {"tls.crt": peer.certificate, "tls.key": peer.key, "ca.crt": authority.certificate}
    tenant.add_secret("cloud-tls", **{name: content.decode() for name, content in contents.items()})
    return TlsMaterial(peer.certificate, peer.key, authority.certificate)


def server_name(tenant: Tenant) -> str:
    return f"{SERVICE_NAME}.{tenant.namespace}.svc.cluster.local"


async def reconfigures_online(tenant: Tenant, material: TlsMaterial) -> bool:
    address = tenant.api.get(SERVICE, tenant.namespace, SERVICE_NAME)["spec"]["clusterIP"]
    async with secure_channel(f"{address}:{GRPC_PORT}", material, server_name(tenant)) as channel:
        return (await GrpcProvider(channel).capabilities()).reconfigure_online


async def test_a_release_serves_follows_its_values_and_goes(tenant: Tenant) -> None:
    material = add_tls_secret(tenant)
    least = ("cloud", str(CHART), "--values", f"{CHART}/ci/memory-values.yaml", "--set", "tls.secretName=cloud-tls")
    options = (
        "--set",
        "readinessProbe.initialDelaySeconds=0,readinessProbe.periodSeconds=1",
        "--wait",
        "--timeout=60s",
    )
    helm(tenant, "install", *least, *options)
    assert await reconfigures_online(tenant, material)
    changed = ("--set", "env[0].name=VIRTRIGAUD_MEMORY_RECONFIGURE_ONLINE", "--set-string", "env[0].value=false")
    helm(tenant, "upgrade", *least, *options, *changed)
    assert not await reconfigures_online(tenant, material)
    helm(tenant, "uninstall", "cloud", "--wait", "--timeout=60s")
    eventually(
        lambda: tenant.api.list(POD, tenant.namespace), lambda pods: not [pod for pod in pods if "cloud" in str(pod)]
    )

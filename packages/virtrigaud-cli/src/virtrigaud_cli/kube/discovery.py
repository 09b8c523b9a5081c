"""Which kinds of ours an API server has, asked from it, so that every cluster shows what it knows.

Called by the reading commands and by the demo.
"""

from typing import Any

from virtrigaud_api.v1beta1 import keys

from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.kube.api_refusal import ApiRefusal
from virtrigaud_cli.kube.blocking import BlockingApi
from virtrigaud_cli.kube.resources import PROVIDER, VIRTUAL_MACHINE, Resource


def our_resources(api: BlockingApi) -> tuple[Resource, ...]:
    """The kinds of our group, virtual machines and providers first.

    Raises:
        CommandFailed: the cluster has none.
    """
    try:
        listed = api.document(f"/apis/{keys.API_VERSION}", doing=f"list the kinds of {keys.API_VERSION}")["resources"]
    except ApiRefusal as refusal:
        if not refusal.is_absent:
            raise
        raise CommandFailed(
            f"the cluster at {api.connection.server} has no kinds of {keys.API_VERSION}",
            advice="kubectl apply --server-side -f charts/virtrigaud/crds installs them; vrtg up has them",
        ) from refusal
    kinds = [_resource(entry) for entry in listed if "/" not in entry["name"]]
    first = {VIRTUAL_MACHINE.kind: 0, PROVIDER.kind: 1}
    return tuple(sorted(kinds, key=lambda kind: (first.get(kind.kind, len(first)), kind.plural)))


def _resource(entry: dict[str, Any]) -> Resource:
    names = (*(entry.get("shortNames") or ()), str(entry.get("singularName") or ""))
    return Resource(
        keys.API_VERSION,
        str(entry["kind"]),
        str(entry["name"]),
        namespaced=bool(entry.get("namespaced")),
        short_names=tuple(name for name in names if name),
    )

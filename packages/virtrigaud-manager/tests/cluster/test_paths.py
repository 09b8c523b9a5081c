"""Ring 1: where objects are in the API, and that no name leads to another one."""

import pytest
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.paths import path_of
from virtrigaud_manager.cluster.store import RefusedError


@pytest.mark.parametrize(
    ("kind", "subresource", "path"),
    [
        (ObjectKind.SECRET, "", "/api/v1/namespaces/default/secrets/web.tls"),
        (ObjectKind.DEPLOYMENT, "", "/apis/apps/v1/namespaces/default/deployments/web.tls"),
        (
            ObjectKind.VIRTUAL_MACHINE,
            "status",
            "/apis/infra.virtrigaud.io/v1beta1/namespaces/default/virtualmachines/web.tls/status",
        ),
    ],
)
def test_an_object_has_one_path(kind: ObjectKind, subresource: str, path: str) -> None:
    assert path_of(ObjectKey(kind, "default", "web.tls"), subresource) == path


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../../kube-system/secrets/root", "a/b", "a%2fb", "a?watch=1", "a#b", "a\\b"]
)
def test_l34_a_name_can_not_lead_to_another_object(name: str) -> None:
    with pytest.raises(RefusedError) as raised:
        path_of(ObjectKey(ObjectKind.SECRET, "default", name))
    assert str(raised.value) == f"Secret {name!a}: that is no name of an object"

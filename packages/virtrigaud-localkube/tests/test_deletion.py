from typing import Any

from localkube_client import Client, config_map, config_maps, eventually, gadget, gadgets

HOLD = "example.com/hold"
NAMESPACES = "/api/v1/namespaces"


def owner_reference(owner: Any, **extra: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "name": owner["name"], "uid": owner["uid"], **extra}


def delete_options(policy: str) -> dict[str, str]:
    return {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": policy}


def is_gone(api: Client, path: str) -> bool:
    return api.get(path).status == 404


def test_a_finalizer_holds_an_object_until_it_is_removed(api: Client, ns: str, gadget_kind: str) -> None:
    path = gadgets(ns, "one")
    api.made(gadgets(ns), gadget("one", finalizers=[HOLD]))
    assert api.delete(path).status == 200
    metadata = api.get(path).body["metadata"]
    assert (metadata["deletionGracePeriodSeconds"], metadata["generation"]) == (0, 2)
    assert api.delete(path).body["metadata"]["deletionTimestamp"] == metadata["deletionTimestamp"]
    added = api.patch(path, {"metadata": {"finalizers": [HOLD, "example.com/more"]}})
    assert (added.reason, added.fields) == ((422, "Invalid"), ["metadata.finalizers"])
    assert api.patch(path, {"metadata": {"finalizers": None}}).status == 200
    assert is_gone(api, path)


def test_what_an_owner_leaves_behind_is_collected(api: Client, ns: str) -> None:
    owner = api.made(config_maps(ns), config_map("owner")).body["metadata"]
    middle = api.made(config_maps(ns), config_map("middle", ownerReferences=[owner_reference(owner)])).body["metadata"]
    api.made(config_maps(ns), config_map("leaf", ownerReferences=[owner_reference(middle)]))
    api.delete(config_maps(ns, "owner"))
    eventually(lambda: is_gone(api, config_maps(ns, "leaf")))
    assert is_gone(api, config_maps(ns, "middle"))


def test_an_object_with_another_living_owner_stays(api: Client, ns: str) -> None:
    first = api.made(config_maps(ns), config_map("first")).body["metadata"]
    second = api.made(config_maps(ns), config_map("second")).body["metadata"]
    references = [owner_reference(first), owner_reference(second)]
    api.made(config_maps(ns), config_map("shared", ownerReferences=references))
    api.delete(config_maps(ns, "first"))
    path = config_maps(ns, "shared")
    eventually(lambda: api.get(path).body["metadata"]["ownerReferences"] == [owner_reference(second)])


def test_an_object_whose_owner_never_was_is_collected(api: Client, ns: str) -> None:
    nobody = {"name": "nobody", "uid": "00000000-0000-0000-0000-000000000000"}
    api.made(config_maps(ns), config_map("stray", ownerReferences=[owner_reference(nobody)]))
    eventually(lambda: is_gone(api, config_maps(ns, "stray")))


def test_foreground_deletion_waits_for_the_dependents(api: Client, ns: str) -> None:
    owner = api.made(config_maps(ns), config_map("owner")).body["metadata"]
    reference = owner_reference(owner, blockOwnerDeletion=True)
    api.made(config_maps(ns), config_map("held", ownerReferences=[reference], finalizers=[HOLD]))
    api.delete(config_maps(ns, "owner"), delete_options("Foreground"))
    assert api.get(config_maps(ns, "owner")).body["metadata"]["finalizers"] == ["foregroundDeletion"]
    eventually(lambda: "deletionTimestamp" in api.get(config_maps(ns, "held")).body["metadata"])
    assert not is_gone(api, config_maps(ns, "owner"))
    api.patch(config_maps(ns, "held"), {"metadata": {"finalizers": None}})
    eventually(lambda: is_gone(api, config_maps(ns, "owner")))


def test_orphaned_dependents_stay_without_their_owner(api: Client, ns: str) -> None:
    owner = api.made(config_maps(ns), config_map("owner")).body["metadata"]
    api.made(config_maps(ns), config_map("child", ownerReferences=[owner_reference(owner)]))
    api.delete(config_maps(ns, "owner"), delete_options("Orphan"))
    eventually(lambda: is_gone(api, config_maps(ns, "owner")))
    assert "ownerReferences" not in api.get(config_maps(ns, "child")).body["metadata"]


def test_a_namespace_is_emptied_before_it_goes(api: Client, gadget_kind: str) -> None:
    name = "short-lived"
    api.made(NAMESPACES, {"metadata": {"name": name}})
    api.made(config_maps(name), config_map("plain"))
    api.made(gadgets(name), gadget("held", finalizers=[HOLD]))
    assert api.delete(f"{NAMESPACES}/{name}").body["status"] == {"phase": "Terminating"}
    eventually(lambda: is_gone(api, config_maps(name, "plain")))
    assert api.post(config_maps(name), config_map("late")).reason == (403, "Forbidden")
    assert api.get(f"{NAMESPACES}/{name}").body["status"] == {"phase": "Terminating"}
    api.patch(gadgets(name, "held"), {"metadata": {"finalizers": []}})
    eventually(lambda: is_gone(api, f"{NAMESPACES}/{name}"))


def test_the_namespaces_of_the_system_can_not_be_deleted(api: Client) -> None:
    for name in ("default", "kube-system", "kube-public"):
        assert api.delete(f"{NAMESPACES}/{name}").reason == (403, "Forbidden"), name


def test_an_unknown_propagation_policy_is_refused(api: Client, ns: str) -> None:
    api.made(config_maps(ns), config_map("one"))
    assert api.delete(config_maps(ns, "one"), delete_options("Sideways")).status == 400

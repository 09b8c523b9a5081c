"""The stories of quotas, of protection, and of what other namespaces allow."""

from manifests import Manifest, quota, vm, vm_class
from stories import CREATE, DELETE, FURNISH, Step, Story, applies


def _shared_class(*allowed: str) -> Manifest:
    shared = vm_class("shared", allowedNamespaces=list(allowed))
    return {**shared, "metadata": {"name": "shared", "namespace": "infra"}}


ADMISSION_STORIES = (
    Story(
        "no-room-in-the-quota",
        (
            Step("a quota allows 3 virtual CPUs", lambda world: world.apply(quota(cpus="3"))),
            FURNISH,
            CREATE,
            Step("another machine is applied", lambda world: world.apply(vm("late"))),
            DELETE,
            Step("the other one is deleted", lambda world: world.delete("late")),
        ),
    ),
    Story(
        "a-protected-machine",
        (
            FURNISH,
            applies("a protected VirtualMachine is applied", deletionProtection=True),
            DELETE,
            Step(
                "its protection is taken off",
                lambda world: world.store.respec(world.key(), deletionProtection=False),
            ),
        ),
    ),
    Story(
        "a-class-of-another-namespace",
        (
            FURNISH,
            Step("a class is there that only others may use", lambda world: world.apply(_shared_class("other"))),
            applies("a VirtualMachine is applied", classRef={"name": "shared", "namespace": "infra"}),
            Step("its namespace is allowed", lambda world: world.apply(_shared_class("other", "default"))),
            Step("its namespace is not allowed any more", lambda world: world.apply(_shared_class())),
            DELETE,
        ),
    ),
)

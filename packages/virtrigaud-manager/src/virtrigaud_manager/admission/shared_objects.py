"""What is unwise about changing or deleting what machines stand on: Providers, classes, images, networks. Pure."""

from collections.abc import Iterator

from virtrigaud_api.v1beta1 import Provider, VirtualMachine, VMClass
from virtrigaud_api.v1beta1.references import ANY_NAMESPACE

from virtrigaud_manager.admission.verdict import Verdict, verdict
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.kinds.virtual_machine.references import Shared, not_allowed

_MOST_NAMED = 3


def judge_shared_write(store: Store, found: Shared, before: Shared | None) -> Verdict:
    """Warn about what a change does to the machines that use the object."""
    users = _users(store, found)
    return verdict((), (*_shut_out(found, before, users), *_of_class(found, before, users), *_of_provider(found)))


def judge_shared_deletion(store: Store, found: Shared) -> Verdict:
    """Warn when machines use the object."""
    users = _users(store, found)
    if not users:
        return Verdict()
    what = f"{found.names.kind} {found.metadata.namespace}/{found.metadata.name}"
    return Verdict(warnings=(f"{what} is used by {named(users)}",))


def named(users: list[VirtualMachine]) -> str:
    """Say how many machines there are, and name some."""
    names = [f"{vm.metadata.namespace}/{vm.metadata.name}" for vm in users[:_MOST_NAMED]]
    rest = ", ..." if len(users) > _MOST_NAMED else ""
    return f"{len(users)} VirtualMachine{'s' if len(users) != 1 else ''}: {', '.join(names)}{rest}"


def _users(store: Store, found: Shared) -> list[VirtualMachine]:
    key = ObjectKey(ObjectKind(found.names.kind), found.metadata.namespace, found.metadata.name)
    machines = (
        store.find(VirtualMachine, user.namespace, user.name)
        for user in sorted(store.referring(key), key=lambda user: user.path)
        if user.kind is ObjectKind.VIRTUAL_MACHINE
    )
    return [vm for vm in machines if vm is not None]


def _shut_out(found: Shared, before: Shared | None, users: list[VirtualMachine]) -> Iterator[str]:
    if before is None:
        return
    out = [
        vm
        for vm in users
        if not_allowed(found, vm.metadata.namespace) and not not_allowed(before, vm.metadata.namespace)
    ]
    if out:
        yield f"spec.allowedNamespaces: can't be changed or made anew any more: {named(out)}"


def _of_class(found: Shared, before: Shared | None, users: list[VirtualMachine]) -> Iterator[str]:
    if not isinstance(found, VMClass) or not isinstance(before, VMClass) or not users:
        return
    if (found.spec.cpu, found.spec.memory.bytes) != (before.spec.cpu, before.spec.memory.bytes):
        yield f"the size of machines of this class is changed, unless they have their own: {named(users)}"


def _of_provider(found: Shared) -> Iterator[str]:
    if not isinstance(found, Provider):
        return
    if found.spec.insecure_skip_verify:
        yield "spec.insecureSkipVerify: any certificate of the hypervisor is accepted; for tests only"
    if ANY_NAMESPACE in found.spec.allowed_namespaces:
        yield "spec.allowedNamespaces: every namespace of the cluster can make machines with these credentials"

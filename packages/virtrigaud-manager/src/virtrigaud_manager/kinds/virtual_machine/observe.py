"""Reading everything that one reconcile of a VirtualMachine needs: the cache, then the provider.

The only reads of a pass. An error of the provider becomes `Unseen`; it never becomes "not there".
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from virtrigaud_api.contract import (
    Conflict,
    InvalidSpec,
    MachineId,
    NotFound,
    Owner,
    ProviderError,
    TaskRef,
    Unavailable,
)
from virtrigaud_api.v1beta1 import Provider, VirtualMachine, VirtualMachineStatus, VMSnapshot, keys
from virtrigaud_api.v1beta1.provider import ProviderDefaults
from virtrigaud_api.v1beta1.provider_status import ReportedCapabilities

from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import ClusterError, Store
from virtrigaud_manager.hooks.order import HookState
from virtrigaud_manager.kinds.provider.maintenance import in_maintenance
from virtrigaud_manager.kinds.virtual_machine.desired import Parts, wanted
from virtrigaud_manager.kinds.virtual_machine.guest_data import SecretUse, guest_data, secrets_of
from virtrigaud_manager.kinds.virtual_machine.hand_over import hand_over
from virtrigaud_manager.kinds.virtual_machine.needs import unmet
from virtrigaud_manager.kinds.virtual_machine.notes import Notes, TaskNote
from virtrigaud_manager.kinds.virtual_machine.observation import (
    Absent,
    NeverMade,
    Observation,
    Seen,
    Sight,
    Unseen,
    owner_of,
)
from virtrigaud_manager.kinds.virtual_machine.origin import origin_of
from virtrigaud_manager.kinds.virtual_machine.references import (
    References,
    provider_key,
    provider_of,
    resolve,
    snapshot_key,
)
from virtrigaud_manager.kinds.virtual_machine.refused import image_faults, network_faults, vm_faults
from virtrigaud_manager.kinds.virtual_machine.reversion import reversion_of
from virtrigaud_manager.kinds.virtual_machine.wish import (
    Imageless,
    Lacking,
    Missing,
    Reversion,
    Unprovided,
    Unsuitable,
    Wanted,
    Wish,
)
from virtrigaud_manager.kinds.virtual_machine.work import NoTask, TaskFailed, TaskRunning, Work
from virtrigaud_manager.kinds.vm_image.readiness import NotReady, Usable, as_made, readiness
from virtrigaud_manager.providers.link import Link, Links
from virtrigaud_manager.quota.ledger import lacking_room

_NO_DEFAULTS: Final = ProviderDefaults()


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is looked at: an object, what is known of its machine already, and what its Provider can do."""

    vm: VirtualMachine
    status: VirtualMachineStatus
    provider: ObjectKey
    machine: MachineId | None
    removed: MachineId | None
    capabilities: ReportedCapabilities | None

    @property
    def deleting(self) -> bool:
        """Tell whether the object is being deleted."""
        return self.vm.metadata.deletion_timestamp is not None


@dataclass(frozen=True, slots=True)
class _Progress:
    """How the awaited task stands, and the machine that it made."""

    work: Work
    machine: MachineId | None = None


@dataclass(frozen=True, slots=True)
class _Looked:
    """What was seen of the machine."""

    machine: MachineId | None
    sight: Sight
    work: Work = NoTask()
    watched: bool = False


async def observe(
    store: Store, links: Links, vm: VirtualMachine, notes: Notes, now: datetime, hook: HookState | None
) -> Observation:
    """Look at a VirtualMachine, at everything that it names, and at its machine."""
    status = notes.status or vm.status
    found = resolve(store, vm)
    key = provider_of(vm, status)
    provider = found.provider if key == provider_key(vm) else store.find(Provider, key.namespace, key.name)
    brought = hand_over(store, vm, status, key, provider)
    capabilities = provider.status.reported_capabilities if provider is not None else None
    subject = _Subject(vm, status, key, brought.machine, notes.removed, capabilities)
    looked = await _look_at_machine(subject, links, provider or _why_not(key, found), _awaited(notes, status))
    wish = await _wish(store, subject, found, looked.sight)
    makes = isinstance(wish, Wanted) and isinstance(looked.sight, NeverMade | Absent)
    return Observation(
        vm=vm,
        status=status,
        now=now,
        provider=key,
        machine=looked.machine,
        not_handed_over=brought.why_not,
        sight=looked.sight,
        work=looked.work,
        watched=looked.watched,
        wish=wish,
        hook=hook,
        held=notes.held,
        removed=notes.removed,
        capabilities=capabilities,
        excess=tuple(map(str, lacking_room(store, vm))) if makes else (),
        maintenance=in_maintenance(provider),
        reversion=_reversion(store, vm),
    )


def _reversion(store: Store, vm: VirtualMachine) -> Reversion | None:
    key = snapshot_key(vm)
    return reversion_of(vm, key, None if key is None else store.find(VMSnapshot, key.namespace, key.name))


def _why_not(key: ObjectKey, found: References) -> Unavailable:
    """Say why a machine's Provider can't be used."""
    return Unavailable(
        next((str(missing) for missing in found.missing if missing.what == key), f"{key} does not exist")
    )


def _awaited(notes: Notes, status: VirtualMachineStatus) -> TaskNote | None:
    """Return the task that is awaited; an earlier process may have left one in the status."""
    if notes.began:
        return notes.task
    ref = status.last_task_ref or status.reconfigure_task_ref
    return TaskNote(TaskRef(ref), None) if ref else None


async def _look_at_machine(
    subject: _Subject, links: Links, provider: Provider | Unavailable, awaited: TaskNote | None
) -> _Looked:
    finalized = keys.FINALIZER_VIRTUAL_MACHINE in subject.vm.metadata.finalizers
    if subject.machine is None and awaited is None and not (subject.deleting and finalized):
        return _Looked(None, NeverMade())
    if isinstance(provider, Unavailable):
        return _Looked(subject.machine, Unseen(provider))
    try:
        link = await links.link(provider)
        progress = await _progress(link, awaited, subject.machine)
        owner = owner_of(subject.vm)
        sight = NeverMade() if isinstance(progress.work, TaskRunning) else await _look(link, owner, progress.machine)
        if _may_have_another(subject, progress, sight):
            progress = await _search(link, owner, progress)
            sight = await _look(link, owner, progress.machine)
    except ProviderError as error:
        return _Looked(subject.machine, Unseen(error))
    machine = sight.state.id if isinstance(sight, Seen) else progress.machine
    return _Looked(machine, sight, progress.work, link.watched)


async def _progress(link: Link, awaited: TaskNote | None, machine: MachineId | None) -> _Progress:
    if awaited is None:
        return _Progress(NoTask(), machine)
    try:
        state = await link.provider.task(awaited.ref)
    except NotFound:
        return _Progress(NoTask(), machine)
    machine = state.machine or machine
    if state.done and machine is not None:
        link.machines.touch(machine)
    if not state.done:
        return _Progress(TaskRunning(awaited.ref, awaited.action), machine)
    if state.error is not None:
        return _Progress(TaskFailed(awaited.ref, awaited.action, state.error), machine)
    return _Progress(NoTask(), machine)


async def _look(link: Link, owner: Owner, machine: MachineId | None) -> Sight:
    """Look at the machine by its id."""
    if machine is None:
        return NeverMade()
    state = await link.machines.look(machine)
    if state is None:
        return Absent()
    if state.owner is not None and state.owner.uid and state.owner.uid != owner.uid:
        return Unseen(Conflict(f"machine {state.id} belongs to VirtualMachine {state.owner} (uid {state.owner.uid})"))
    return Seen(state)


def _may_have_another(subject: _Subject, progress: _Progress, sight: Sight) -> bool:
    """Tell whether a machine may be there, or be made, whose id or task nobody could note before a crash.

    Only a deletion has to know: to create again finds it anyway.
    """
    if not subject.deleting or isinstance(progress.work, TaskRunning) or isinstance(sight, Seen | Unseen):
        return False
    return progress.machine is None or progress.machine != subject.removed


async def _search(link: Link, owner: Owner, progress: _Progress) -> _Progress:
    """Look for the machine by its owner."""
    found = await link.machines.find(owner)
    if found is None:
        return progress
    return _Progress(TaskRunning(found.task, None) if found.task is not None else progress.work, found.machine)


async def _wish(store: Store, subject: _Subject, found: References, sight: Sight) -> Wish:
    if subject.deleting:
        return Unsuitable(())
    vm, faults = subject.vm, vm_faults(subject.vm, subject.status, provider_key(subject.vm).path)
    if faults:
        return Unsuitable(faults)
    if found.missing or found.provider is None or found.vm_class is None:
        return Lacking(found.missing)
    provider_type = found.provider.spec.type
    faults = image_faults(found.image, provider_type, provider_key(vm)) if found.image is not None else ()
    faults += tuple(fault for network in found.networks.values() for fault in network_faults(network, provider_type))
    lacks = unmet(vm, subject.provider, subject.capabilities)
    if faults or lacks:
        return Unsuitable(faults) if faults else Unprovided(lacks)
    usable = _usable(subject, found, sight)
    if isinstance(usable, NotReady):
        return Imageless(usable.why)
    parts = Parts(
        vm=vm,
        provider_type=provider_type,
        defaults=found.provider.spec.defaults or _NO_DEFAULTS,
        vm_class=found.vm_class,
        image=found.image,
        networks=found.networks,
        usable=usable,
    )
    return await _wanted(store, parts, is_made=isinstance(sight, Seen))


async def _wanted(store: Store, parts: Parts, *, is_made: bool) -> Wanted | Lacking | Unsuitable:
    wish = wanted(parts) if is_made else await _with_guest(store, parts)
    if not isinstance(wish, Wanted):
        return wish
    versions = partial(store.secret_version, parts.vm.metadata.namespace)
    return replace(wish, origin=origin_of(parts.vm, parts.image, wish.spec, parts.provider_type, versions))


async def _with_guest(store: Store, parts: Parts) -> Wanted | Lacking | Unsuitable:
    """Read what the guest is told at its first boot; only a machine that is about to be made needs it."""
    documents = await _documents(store, parts.vm)
    if isinstance(documents, Lacking):
        return documents
    try:
        return wanted(replace(parts, guest=guest_data(parts.vm, documents)))
    except InvalidSpec as error:
        return Unsuitable((f"spec.userData.cloudInit: {error}",))


def _usable(subject: _Subject, found: References, sight: Sight) -> Usable | NotReady | None:
    """Tell what a machine boots from: one that exists rests on what it was made from."""
    if found.image is None or found.provider is None:
        return None
    return as_made(subject.status.provider) if isinstance(sight, Seen) else readiness(found.image, found.provider)


async def _documents(store: Store, vm: VirtualMachine) -> dict[SecretUse, bytes] | Lacking:
    """Read the guest's documents, or say which are missing."""
    namespace = owner_of(vm).namespace
    documents: dict[SecretUse, bytes] = {}
    missing: list[Missing] = []
    for use in secrets_of(vm).all:
        what = ObjectKey(ObjectKind.SECRET, namespace, use.name)
        try:
            values = await store.read_secret(namespace, use.name)
        except ClusterError as error:
            missing.append(Missing(what, f"can't be read: {error}"))
            continue
        key = next((key for key in use.keys if key in (values or {})), None)
        if values is None:
            missing.append(Missing(what))
        elif key is None:
            missing.append(Missing(what, f"has none of the keys {', '.join(use.keys)}"))
        else:
            documents[use] = values[key]
    return Lacking(tuple(missing)) if missing else documents

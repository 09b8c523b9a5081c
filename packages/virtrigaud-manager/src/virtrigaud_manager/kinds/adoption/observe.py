"""Reading everything that a look at the machines of nobody needs: the cache, then one listing of the provider."""

from collections.abc import Iterator
from datetime import datetime

from virtrigaud_api.contract import MachineId, MachineState, ProviderError
from virtrigaud_api.v1beta1 import Provider, VirtualMachine, VMClass, VMImage, keys
from virtrigaud_api.v1beta1.provider_status import AdoptionStatus

from virtrigaud_manager.cluster.object_key import InNamespace, ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.kinds.adoption.census import Surroundings
from virtrigaud_manager.kinds.adoption.observation import Observation
from virtrigaud_manager.kinds.adoption.terms import Mode, Terms, TermsError, terms_of
from virtrigaud_manager.providers.link import Links

Failures = tuple[tuple[MachineId, str], ...]


async def observe(
    store: Store, links: Links, provider: Provider, said: tuple[Failures, AdoptionStatus | None], now: datetime
) -> Observation:
    """Look at a Provider's terms and, where it adopts, at its machines."""
    fault, terms = None, Terms(Mode.OFF)
    try:
        terms = terms_of(provider)
    except TermsError as error:
        fault = str(error)
    metadata = provider.metadata
    key = ObjectKey(ObjectKind.PROVIDER, metadata.namespace, metadata.name)
    return Observation(
        provider=provider,
        key=key,
        now=now,
        terms=terms,
        fault=fault,
        machines=await _machines(links, provider, terms),
        around=_around(store, key) if terms.mode is not Mode.OFF else Surroundings(),
        failed=said[0],
        status=said[1],
    )


async def _machines(links: Links, provider: Provider, terms: Terms) -> tuple[MachineState, ...] | ProviderError:
    if terms.mode is Mode.OFF:
        return ()
    try:
        link = await links.link(provider)
        return tuple(await link.provider.machines())
    except ProviderError as error:
        return error


def _around(store: Store, key: ObjectKey) -> Surroundings:
    taken = {machine: vm for vm in _machines_of(store, key) for machine in _ids(vm)}
    return Surroundings(
        taken={machine: _key(vm) for machine, vm in taken.items()},
        adopted=frozenset(machine for machine, vm in taken.items() if _is_adopted(vm)),
        names=frozenset(
            other.name
            for other in store.referring(InNamespace(key.namespace))
            if other.kind is ObjectKind.VIRTUAL_MACHINE
        ),
        classes=tuple(found for found in store.all(VMClass) if found.metadata.namespace == key.namespace),
        images=frozenset(name for image in store.all(VMImage) for name in _sources(image)),
    )


def _machines_of(store: Store, key: ObjectKey) -> Iterator[VirtualMachine]:
    for user in store.referring(key):
        vm = store.find(VirtualMachine, user.namespace, user.name) if user.kind is ObjectKind.VIRTUAL_MACHINE else None
        if vm is not None:
            yield vm


def _ids(vm: VirtualMachine) -> Iterator[MachineId]:
    """Name the machines that an object stands for, or is about to."""
    if vm.status.id:
        yield MachineId(vm.status.id)
    handed_over = vm.metadata.annotations.get(keys.ANNOTATION_MACHINE_ID)
    if handed_over:
        yield MachineId(handed_over)


def _is_adopted(vm: VirtualMachine) -> bool:
    return vm.metadata.labels.get(keys.LABEL_ADOPTED) == keys.ANNOTATION_TRUE


def _key(vm: VirtualMachine) -> ObjectKey:
    return ObjectKey(ObjectKind.VIRTUAL_MACHINE, vm.metadata.namespace, vm.metadata.name)


def _sources(image: VMImage) -> Iterator[str]:
    """Name the machines that an image may be made from, where the hypervisor keeps templates as machines."""
    source = image.spec.source
    if source.vsphere is not None and source.vsphere.template_name:
        yield source.vsphere.template_name
    if source.proxmox is not None and source.proxmox.template_name:
        yield source.proxmox.template_name
    if source.proxmox is not None and source.proxmox.template_id:
        yield str(source.proxmox.template_id)

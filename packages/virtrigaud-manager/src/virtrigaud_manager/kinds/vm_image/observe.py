"""Reading everything that one reconcile of a VMImage needs: the cache, then each provider, all at the same time.

A provider that is slow or gone holds up no other one: it is asked for a few seconds and then counts as unseen.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from virtrigaud_api.contract import (
    ImageInventory,
    ImageOrder,
    NotFound,
    ProviderError,
    TaskRef,
    Unavailable,
    WrongState,
)
from virtrigaud_api.v1beta1 import Provider, VirtualMachine, VMImage
from virtrigaud_api.v1beta1.provider_status import ReportedCapabilities
from virtrigaud_api.v1beta1.vm_image import ProviderImageStatus

from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.kinds.provider.maintenance import in_maintenance
from virtrigaud_manager.kinds.users import still_counted, users_of
from virtrigaud_manager.kinds.virtual_machine.boot_source import is_fetched, source_for
from virtrigaud_manager.kinds.virtual_machine.references import not_allowed, provider_of
from virtrigaud_manager.kinds.virtual_machine.refused import image_faults
from virtrigaud_manager.kinds.vm_image.copy_record import record_for
from virtrigaud_manager.kinds.vm_image.credentials import secret_keys
from virtrigaud_manager.kinds.vm_image.observation import (
    Copy,
    CopyOf,
    Found,
    Look,
    NoProvider,
    NoTask,
    Notes,
    NotKnown,
    NotThere,
    NotTold,
    Observation,
    Sight,
    TaskFailed,
    TaskRunning,
    Unseen,
    Work,
)
from virtrigaud_manager.kinds.vm_image.order import named_providers, order_for, preparation
from virtrigaud_manager.providers.link import Link, Links

PATIENCE: Final = timedelta(seconds=5)
SEEN_FOR: Final = timedelta(minutes=10)
"""An image that is there is looked at again after this time, and a provider that waits for one after the next."""

WAITED_FOR: Final = timedelta(minutes=1)


async def observe(store: Store, links: Links, image: VMImage, notes: Notes, now: datetime) -> Observation:
    """Look at a VMImage, at who uses it, and at each provider."""
    status = notes.status or image.status
    users = still_counted(store, image.metadata, users_of(store, _key(image)))
    changed = status.observed_generation != image.metadata.generation
    wanted = dict.fromkeys((*_of_machines(store, image, users), *named_providers(image)))
    known = {_provider_key(path) for path in status.provider_status}
    copies = [
        _copy(store, image, key, is_wanted=key in wanted, record=_record(status.provider_status, key, changed=changed))
        for key in sorted({*wanted, *known}, key=lambda key: key.path)
    ]
    deleting = image.metadata.deletion_timestamp is not None
    seen = await asyncio.gather(*(_seen(store, links, copy, notes, now, deleting=deleting) for copy in copies))
    return Observation(image=image, status=status, now=now, users=users, copies=tuple(seen), until=notes.until)


def _of_machines(store: Store, image: VMImage, users: tuple[ObjectKey, ...]) -> Iterator[ObjectKey]:
    """Name the Providers of machines; one that is not made yet counts only if it may use the image and the Provider."""
    for user in users:
        vm = store.find(VirtualMachine, user.namespace, user.name)
        if vm is None:
            continue
        key = provider_of(vm)
        provider = store.find(Provider, key.namespace, key.name)
        shared = (image,) if provider is None else (image, provider)
        if vm.status.id or not any(not_allowed(found, user.namespace) for found in shared):
            yield key


def _record(records: Mapping[str, ProviderImageStatus], key: ObjectKey, *, changed: bool) -> ProviderImageStatus:
    """Return what was reported of a provider; a changed spec gets all its attempts again."""
    record = records.get(key.path) or ProviderImageStatus(available=False)
    return record.model_copy(update={"attempts": None, "final": None}) if changed and record.attempts else record


def _copy(store: Store, image: VMImage, key: ObjectKey, *, is_wanted: bool, record: ProviderImageStatus) -> Copy:
    """Say what the image is to one provider, as far as the cluster knows."""
    provider = store.find(Provider, key.namespace, key.name)
    if provider is None:
        return Copy(provider=key, record=record, is_wanted=is_wanted, sight=NoProvider())
    why_not = not_allowed(provider, image.metadata.namespace) if key in set(named_providers(image)) else None
    if why_not is not None:
        return Copy(provider=key, record=record, is_wanted=is_wanted, faults=(f"{key} {why_not}",))
    can = provider.status.reported_capabilities
    source = source_for(image.spec.source, provider.spec.type)
    order = order_for(image, provider.spec.type)
    fetched = source is not None and is_fetched(source)
    faults = image_faults(image, provider.spec.type, key)
    faults += tuple(_capability_faults(image, can, key)) if fetched and can is not None else ()
    imports = fetched and can is not None and bool(can.supports_image_import)
    published = image.status.provider_status.get(key.path)
    return Copy(
        provider=key,
        is_resting=in_maintenance(provider),
        is_leaving=not is_wanted and provider.metadata.deletion_timestamp is not None,
        is_announced=published is not None and order is not None and published.name == order.name,
        record=record_for(record, order.name if imports and order is not None else None),
        order=order,
        is_wanted=is_wanted,
        is_fetched=imports,
        can_delete=can is not None and bool(can.supports_image_inventory),
        faults=faults,
        missing=tuple(s for s in secret_keys(image) if store.secret_version(s.namespace, s.name) is None),
        sight=NotTold() if can is not None else NotKnown(),
    )


def _capability_faults(image: VMImage, can: ReportedCapabilities, key: ObjectKey) -> Iterator[str]:
    """Name what needs a provider that hears more than the name and the source of an image."""
    if can.supports_image_inventory:
        return
    what, http = f"VMImage {image.metadata.namespace}/{image.metadata.name}", image.spec.source.http
    prepare = preparation(image)
    said = {
        "spec.source.http.authentication": http is not None and http.authentication is not None,
        "spec.source.http.headers": http is not None and bool(http.headers),
        "spec.prepare.storage.preferredFormat": prepare.storage is not None and prepare.storage.preferred_format,
        "spec.prepare.optimization.convertFormat": prepare.optimization and prepare.optimization.convert_format,
        "spec.prepare.force": prepare.force and not can.supports_image_import,
    }
    for field, is_set in said.items():
        if is_set:
            yield f"{what}: {field} needs the capability supportsImageInventory, which {key} does not have"


async def _seen(store: Store, links: Links, copy: Copy, notes: Notes, now: datetime, *, deleting: bool) -> Copy:
    """Ask the provider what there is to ask; what it answered a short while ago still counts."""
    free = tuple(name for name in copy.record.previous if _is_free(store, notes, copy.provider, name, now))
    free = copy.imported if copy.is_leaving else free
    copy = replace(copy, leftovers=free if copy.can_delete else (), until=notes.until.get(copy.provider))
    if isinstance(copy.sight, NoProvider | NotKnown):
        return copy
    asks = copy.record.task_ref is not None or (
        copy.is_wanted and not deleting and not copy.faults and copy.order is not None
    )
    provider = store.find(Provider, copy.provider.namespace, copy.provider.name)
    if provider is None or not asks:
        return copy
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            return await _asked(await links.link(provider), copy, notes, now)
    except ProviderError as error:
        return replace(copy, sight=Unseen(error))
    except TimeoutError:
        return replace(copy, sight=Unseen(Unavailable(f"{copy.provider} did not answer within {PATIENCE.seconds} s")))


async def _asked(link: Link, copy: Copy, notes: Notes, now: datetime) -> Copy:
    work = await _work(link, copy.record.task_ref, notes)
    copy = replace(copy, work=work, watched=link.watched)
    if not isinstance(work, NoTask) or copy.order is None or not copy.is_wanted:
        return copy
    last = notes.looks.get(copy.provider)
    if last is not None and _still_holds(last, copy, copy.order, now):
        return replace(copy, sight=last.sight, looked=last.at)
    return replace(copy, sight=await _look(link, copy, copy.order))


async def _work(link: Link, ref: str | None, notes: Notes) -> Work:
    if ref is None:
        return NoTask()
    task = TaskRef(ref)
    try:
        state = await link.provider.task(task)
    except NotFound:
        return NoTask()
    if not state.done:
        return TaskRunning(task, state.percent, cancelled=task in notes.cancelled)
    if state.error is None or (isinstance(state.error, WrongState) and task not in notes.cancelled):
        # It ended with the process that ran it, or well; looking tells which.
        return NoTask()
    return TaskFailed(task, state.error)


def _still_holds(last: Look, copy: Copy, order: ImageOrder, now: datetime) -> bool:
    kept = SEEN_FOR if isinstance(last.sight, Found) else WAITED_FOR
    return last.order == order and copy.record.task_ref is None and now - last.at < kept


async def _look(link: Link, copy: Copy, order: ImageOrder) -> Sight:
    if not copy.can_delete or not isinstance(link.provider, ImageInventory):
        return NotTold()
    state = await link.provider.image(order)
    return Found(state) if state is not None else NotThere()


def _is_free(store: Store, notes: Notes, provider: ObjectKey, name: str, now: datetime) -> bool:
    copy = CopyOf(provider, name)
    return not users_of(store, copy) and notes.until.get(copy, now) <= now


def _key(image: VMImage) -> ObjectKey:
    return ObjectKey(ObjectKind.VM_IMAGE, image.metadata.namespace, image.metadata.name)


def _provider_key(path: str) -> ObjectKey:
    namespace, _, name = path.partition("/")
    return ObjectKey(ObjectKind.PROVIDER, namespace, name)

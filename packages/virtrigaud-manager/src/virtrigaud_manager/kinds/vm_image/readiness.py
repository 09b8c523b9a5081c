"""Whether a machine can be made from a VMImage on a Provider, and what from. Pure; a VirtualMachine's `observe` asks.

An image that is on the hypervisor is used where it is. One that has to be fetched is used as it was imported,
and the machine that rests on it notes so: the import stays as long as the machine does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from virtrigaud_api.contract import BootImage
from virtrigaud_api.v1beta1 import Provider, VirtualMachine, VMImage
from virtrigaud_api.v1beta1.phases import VMImagePhase

from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.kinds.virtual_machine.boot_source import boot_image, is_fetched, source_for
from virtrigaud_manager.kinds.virtual_machine.receipt_keys import (
    IMAGE_RECEIPTS,
    RECEIPT_IMAGE,
    RECEIPT_IMAGE_ID,
    RECEIPT_IMAGE_PATH,
)
from virtrigaud_manager.kinds.virtual_machine.references import provider_of
from virtrigaud_manager.kinds.vm_image.observation import CopyOf
from virtrigaud_manager.kinds.vm_image.order import order_for

_STEP_PERCENT: Final = 25
"""So coarsely machines are told how far an import is: each step is a write of each machine that waits."""


@dataclass(frozen=True, slots=True)
class Usable:
    """Machines can be made from it.

    Attributes:
        receipts: What a machine that rests on an import notes about that.
    """

    boot: BootImage
    receipts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class NotReady:
    """Machines have to wait."""

    why: str


def readiness(image: VMImage, provider: Provider) -> Usable | NotReady:
    """Tell what a machine boots from; the image has a source for the provider."""
    type_, can = provider.spec.type, provider.status.reported_capabilities
    source, order = source_for(image.spec.source, type_), order_for(image, type_)
    if source is None or order is None:
        return Usable(BootImage())
    if not is_fetched(source) or (can is not None and not can.supports_image_import):
        return Usable(boot_image(source))
    path = f"{provider.metadata.namespace}/{provider.metadata.name}"
    record = image.status.provider_status.get(path)
    what = f"VMImage {image.metadata.namespace}/{image.metadata.name}"
    if record is None or record.name not in (None, order.name):
        return NotReady(f"{what} is not on Provider {path} yet")
    if record.name is None or not record.available or record.id is None:
        return NotReady(
            f"{what} is not ready on Provider {path} yet: {_said(record.phase, record.percentage, record.message)}"
        )
    receipts = {
        RECEIPT_IMAGE: f"{image.metadata.namespace}/{image.metadata.name}/{order.name}",
        RECEIPT_IMAGE_ID: record.id,
    }
    if record.path is not None:
        receipts[RECEIPT_IMAGE_PATH] = record.path
    return Usable(BootImage(template=record.id, path=record.path, format=record.format), tuple(receipts.items()))


def as_made(receipts: Mapping[str, str]) -> Usable | None:
    """Return what a machine was made from, where that was an import."""
    if RECEIPT_IMAGE_ID not in receipts:
        return None
    boot = BootImage(template=receipts[RECEIPT_IMAGE_ID], path=receipts.get(RECEIPT_IMAGE_PATH))
    return Usable(boot, tuple((name, receipts[name]) for name in sorted(IMAGE_RECEIPTS & receipts.keys())))


def rests_on(vm: VirtualMachine) -> tuple[ObjectKey, CopyOf] | None:
    """Return the VMImage whose import a machine rests on, and that import."""
    namespace, _, rest = vm.status.provider.get(RECEIPT_IMAGE, "").partition("/")
    name, _, copy = rest.partition("/")
    if not copy:
        return None
    return ObjectKey(ObjectKind.VM_IMAGE, namespace, name), CopyOf(provider_of(vm), copy)


def news_for_machines(image: VMImage) -> object:
    """Return what of an image's status machines that wait for it are told."""
    return tuple(
        (path, record.available, record.name, record.id, record.path)
        if record.available
        else (path, record.name, _said(record.phase, record.percentage, record.message))
        for path, record in image.status.provider_status.items()
    )


def _said(phase: VMImagePhase | None, percentage: int | None, message: str | None) -> str:
    if phase is not VMImagePhase.IMPORTING:
        return message or "nothing is known of it"
    reached = (percentage or 0) // _STEP_PERCENT * _STEP_PERCENT
    return f"more than {reached} % is imported" if reached else "it is being imported"

"""A world in which the kinds that machines refer to are reconciled too, with a clock that a test moves."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from manager_world import World
from manifests import Manifest, provider, secret, vm_class, vm_image
from virtrigaud_api.contract import ImageOrder, PreparedImage
from virtrigaud_api.v1beta1 import KubeObject, VMImage
from virtrigaud_api.v1beta1.vm_image import ProviderImageStatus
from virtrigaud_manager.cluster.cache import Change
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.dependents import counted_by, woken_by
from virtrigaud_manager.kinds.in_use.actions import Settle
from virtrigaud_manager.kinds.vm_class.reconciler import VMClasses
from virtrigaud_manager.kinds.vm_image.reconciler import VMImages
from virtrigaud_manager.kinds.vm_network_attachment.reconciler import VMNetworkAttachments
from virtrigaud_manager.look_again import After, BackOff, LookAgain
from virtrigaud_manager.reconcile import run
from virtrigaud_provider_memory.world import Image, Keep

URL = "https://images.example/debian.qcow2"
LAB = "default/lab"
K = TypeVar("K", bound=KubeObject)


class ToldVMImages(VMImages):
    """Writes down the sentence of each action, and lets a test crash the manager after one."""

    world: "ImageWorld"

    async def act(self, observation: Any, action: Any) -> Any:
        self.world.story.append(f"VMImage {observation.image.metadata.name}: {action.sentence}")
        result = await super().act(observation, action)
        self.world.after_effect(action)
        return result


class ToldVMClasses(VMClasses):
    """Writes down the sentence of each action that is more than a count."""

    world: "ImageWorld"

    async def act(self, observation: Any, action: Any) -> None:
        self.world.tell("VMClass", observation.vm_class, action)
        await super().act(observation, action)
        self.world.after_effect(action)


class ToldVMNetworkAttachments(VMNetworkAttachments):
    """Writes down the sentence of each action that is more than a count."""

    world: "ImageWorld"

    async def act(self, observation: Any, action: Any) -> None:
        self.world.tell("VMNetworkAttachment", observation.network, action)
        await super().act(observation, action)
        self.world.after_effect(action)


class ImageWorld(World):
    """A world with images, classes and networks."""

    most_machines = 2

    def _start(self) -> None:
        super()._start()
        images = ToldVMImages(self.store, self.links, self.events, lambda: self.now)
        images.world = self
        classes = ToldVMClasses(self.store, lambda: self.now)
        networks = ToldVMNetworkAttachments(self.store, lambda: self.now)
        classes.world = networks.world = self
        self.kinds: dict[ObjectKind, Any] = {
            ObjectKind.VIRTUAL_MACHINE: self.kind,
            ObjectKind.VM_IMAGE: images,
            ObjectKind.VM_CLASS: classes,
            ObjectKind.VM_NETWORK_ATTACHMENT: networks,
        }
        self._later: dict[ObjectKey, None] = {}

    def tell(self, kind: str, found: KubeObject, action: Any) -> None:
        if not isinstance(action, Settle):
            self.story.append(f"{kind} {found.metadata.name}: {action.sentence}")

    def found(self, model: type[K], name: str) -> K:
        found = self.store.find(model, "default", name)
        assert found is not None
        return found

    async def run(self, key: ObjectKey) -> LookAgain:
        look_again: LookAgain = await run(self.kinds[key.kind], key)
        self._later.pop(key, None)
        match look_again:
            case After(delay) if not delay:
                self._due[key] = None
            case After() | BackOff():
                self._later[key] = None
            case _:
                pass
        return look_again

    async def until(self, reached: Callable[[], bool]) -> None:
        """Run passes, also those that poll or wait, until something is so; the clock of conditions stands still."""
        async with asyncio.timeout(20):
            while not reached():
                self._due |= self._later
                await self.settle()
                await asyncio.sleep(0.002)

    async def pass_time(self, time: timedelta) -> None:
        """Let time pass, and whoever wanted to look again look again."""
        self.let_pass(time)
        await self.settle()

    def let_pass(self, time: timedelta) -> None:
        """Let time pass, and make due whoever wanted to look again."""
        self.now += time
        self._due |= self._later

    def wake_all(self) -> None:
        """Make everything due, as a provider that answers again does."""
        self._due |= dict.fromkeys(key for key in self.store.objects if key.kind in self.kinds)

    def wake_image(self) -> None:
        """Make the image due."""
        self._due[self.image_key()] = None

    def put_image(self, name: str) -> None:
        """Put an image on the hypervisor, as its administrator does."""
        image = Image(id=name, path=f"memory://images/{name}", content=name)
        self.hypervisor._world.apply(Keep(image))

    def remove_provider(self) -> None:
        """Remove the Provider, as if nothing held it."""
        self.store.delete(ObjectKey(ObjectKind.PROVIDER, "default", "lab"))

    def begin_to_remove_provider(self) -> None:
        """Delete the Provider, which its finalizer holds."""
        key = ObjectKey(ObjectKind.PROVIDER, "default", "lab")
        self.store.objects[key]["metadata"]["finalizers"] = ["test"]
        self.store.delete(key)

    def report_only(self, **capabilities: bool) -> None:
        """Let the Provider report these capabilities only."""
        self.store.set_status(ObjectKey(ObjectKind.PROVIDER, "default", "lab"), {"reportedCapabilities": capabilities})

    def report_progress(self, percent: int) -> None:
        """Let the import that runs have come so far."""
        name = self.copy().name
        self.hypervisor._book.report(f"prepare_image image {name} ", percent=percent)

    def listen(self) -> list[ImageOrder]:
        """Return what the provider hears of images that are to be prepared, as it comes."""
        heard: list[ImageOrder] = []
        prepare = self.hypervisor.prepare_image

        async def listening(order: ImageOrder) -> PreparedImage:
            heard.append(order)
            return await prepare(order)

        self.hypervisor.prepare_image = listening  # type: ignore[method-assign]
        return heard

    def say_disk_types(self, *types: str) -> None:
        """Let the Provider report these types of disks only."""
        key = ObjectKey(ObjectKind.PROVIDER, "default", "lab")
        said = self.store.objects[key]["status"]["reportedCapabilities"] | {"supportedDiskTypes": list(types)}
        self.store.set_status(key, {"reportedCapabilities": said})

    def delete_class_and_network(self) -> None:
        self.store.delete(ObjectKey(ObjectKind.VM_CLASS, "default", "small"))
        self.store.delete(ObjectKey(ObjectKind.VM_NETWORK_ATTACHMENT, "default", "lan"))

    def delete_all(self, *, machines_first: bool = False) -> None:
        """Delete every object, the ones that others need first or last."""
        for kind in self.kinds if machines_first else reversed(self.kinds):
            for key in [key for key in self.store.objects if key.kind is kind]:
                self.store.delete(key)

    async def furnish_with(self, *manifests: Manifest) -> None:
        """Make everything that the usual VirtualMachine names, with another image or Provider."""
        self.apply(provider(), vm_class(), secret("lab-credentials"), secret("lab-tls"))
        await self.report_capabilities()
        self.apply(*manifests)

    def image_key(self, name: str = "debian") -> ObjectKey:
        return ObjectKey(ObjectKind.VM_IMAGE, "default", name)

    def image(self, name: str = "debian") -> VMImage:
        found = self.store.find(VMImage, "default", name)
        assert found is not None
        return found

    def copy(self, provider: str = LAB) -> ProviderImageStatus:
        return self.image().status.provider_status[provider]

    def image_condition(self, type_: str) -> tuple[str, str, str]:
        found = next(condition for condition in self.image().status.conditions if condition.type == type_)
        return found.status.value, found.reason, found.message

    def imported(self) -> list[str]:
        """Return the names of the images that were imported."""
        return sorted(self.hypervisor._world.images)

    def _changed(self, change: Change) -> None:
        for key in (*woken_by(change, self.store.cache), *counted_by(change)):
            if (
                key.kind in self.kinds and self.store.cache.get(key) is not None
            ) or key.kind is ObjectKind.VIRTUAL_MACHINE:
                self._due[key] = None


def fetched(name: str = "debian", url: str = URL, prepare: Manifest | None = None, **source: Any) -> Manifest:
    """Return an image that has to be imported."""
    made = vm_image(name, http={"url": url, **source})
    if prepare is not None:
        made["spec"]["prepare"] = prepare
    return made

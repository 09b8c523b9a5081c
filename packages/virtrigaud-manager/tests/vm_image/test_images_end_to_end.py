"""End to end: an image is imported over mutual TLS by a real provider process, used, held and deleted."""

from image_world import fetched
from local_system import LocalSystem
from manifests import vm
from virtrigaud_api.v1beta1.keys import FINALIZER_VM_CLASS, FINALIZER_VM_IMAGE

CANARY = "canary-9c2d"


async def test_an_image_is_imported_waited_for_held_and_deleted_with_everything_else(system: LocalSystem) -> None:
    await system.furnish()
    await system.start_manager()
    await system.start_provider(VIRTRIGAUD_MEMORY_TASK_DURATION="0.5")
    await system.until_condition("Provider", "lab", "ProviderAvailable", "True", "RemoteAvailable")
    await system.put_secret("registry", token=CANARY.encode())
    bearer = {"authentication": {"bearer": {"secretRef": {"name": "registry"}}}}
    await system.apply(fetched("remote", **bearer), vm(imageRef={"name": "remote"}))

    waits = await system.until_condition("VirtualMachine", "web", "Ready", "False", "WaitingForImage")
    assert waits.startswith("VMImage default/remote is not ")
    await system.until_ready()
    image = await system.get("VMImage", "remote")
    copy = image["status"]["providerStatus"]["default/lab"]
    assert (image["status"]["phase"], copy["available"], copy["message"]) == ("Ready", True, "imported")
    assert image["metadata"]["finalizers"] == [FINALIZER_VM_IMAGE]
    await system.until_condition("VMClass", "small", "Supported", "True", "Supported")
    assert (await system.get("VMClass", "small"))["metadata"]["finalizers"] == [FINALIZER_VM_CLASS]
    machine = await system.get("VirtualMachine", "web")
    assert machine["status"]["provider"]["virtrigaud.io/image"] == f"default/remote/{copy['name']}"

    for kind, name in (("VMClass", "small"), ("VMImage", "remote")):
        await system.delete(kind, name)
    held = await system.until_condition("VMImage", "remote", "Deleting", "True", "InUse")
    assert held == "the image stays while machines rest on it: VirtualMachine default/web"
    await system.delete("VirtualMachine", "web")
    for kind, name in (("VirtualMachine", "web"), ("VMImage", "remote"), ("VMClass", "small")):
        await system.until_gone(kind, name)
    logs = "".join(path.read_text() for path in system.directory.glob("*.log"))
    assert CANARY not in logs

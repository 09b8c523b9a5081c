"""What is chosen once, when a machine is made: its boot source and what its guest is told. Pure.

The receipt of it holds names and digests of what stands in objects that anybody may read; of a Secret it holds
a digest of its version and nothing of its content. A later difference needs the machine to be made anew.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import quote, unquote

from virtrigaud_api.contract import BootImage, BootSource, MachineSpec, Nic
from virtrigaud_api.v1beta1 import VirtualMachine, VMImage

from virtrigaud_manager.kinds.virtual_machine.boot_source import source_for
from virtrigaud_manager.kinds.virtual_machine.guest_data import secrets_of
from virtrigaud_manager.kinds.virtual_machine.spec_digest import digest_of

_BOOT, _BOOT_SOURCE, _ADDRESSES = "boot", "bootSource", "addresses"
_TEMPLATE, _PATH = "bootTemplate", "bootPath"
_PLAIN = "/: "
_LABELS: Mapping[str, str] = {
    _BOOT_SOURCE: "spec.source of the VMImage",
    "userData": "spec.userData.cloudInit.inline",
    "userDataSecret": "the Secret of spec.userData.cloudInit",
    "metaData": "spec.metaData.cloudInit.inline",
    "metaDataSecret": "the Secret of spec.metaData.cloudInit",
    "networkData": "spec.networkData.cloudInit.inline",
    "networkDataSecret": "the Secret of spec.networkData.cloudInit",
    "ignition": "spec.userData.ignition.inline",
    "ignitionSecret": "the Secret of spec.userData.ignition",
    _ADDRESSES: "static addresses in spec.networks",
}


def origin_of(
    vm: VirtualMachine,
    image: VMImage | None,
    spec: MachineSpec,
    provider_type: str,
    version: Callable[[str], str | None],
) -> str:
    """Describe what a machine is made from and told, as `name=value` pairs.

    Args:
        vm: What is wanted.
        image: What the root disk is made from.
        spec: What the provider hears: of its NICs the guest is told the static addresses.
        provider_type: Images have a source for each type.
        version: Tells the version of a Secret by its name.
    """
    facts = {_BOOT: boot_name(vm), _BOOT_SOURCE: _source(image, provider_type), _ADDRESSES: _addresses(spec.nics)}
    facts |= dict(_documents(vm)) | dict(_secrets(vm, version))
    if isinstance(spec.boot, BootImage):
        facts |= {_TEMPLATE: quote(spec.boot.template or "", _PLAIN), _PATH: quote(spec.boot.path or "", _PLAIN)}
    return ",".join(f"{name}={value}" for name, value in sorted(facts.items()) if value)


def boot_as_made(made: str, now: BootSource) -> BootSource:
    """Return what a machine was made from, where that is known: its image may have been edited since."""
    before = _pairs(made)
    template, path = before.get(_TEMPLATE), before.get(_PATH)
    if not (template or path) or not isinstance(now, BootImage):
        return now
    return replace(now, template=template and unquote(template), path=path and unquote(path))


def outdated(made: str, now: str) -> tuple[str, ...]:
    """Say what is not as it was when the machine was made; nothing where that is not known."""
    before, after = _pairs(made), _pairs(now)
    if not before:
        return ()
    if before.get(_BOOT) != after.get(_BOOT):
        return (f"the machine was made from {before.get(_BOOT)}, and the spec names {after.get(_BOOT)}",)
    return tuple(f"{label} changed" for name, label in _LABELS.items() if before.get(name) != after.get(name))


def boot_name(vm: VirtualMachine) -> str:
    """Name what the machine boots from as the VirtualMachine names it."""
    if vm.spec.imported_disk is not None:
        return f"disk {vm.spec.imported_disk.disk_id}"
    reference = vm.spec.image_ref
    return f"VMImage {reference.namespace or vm.metadata.namespace}/{reference.name}" if reference is not None else ""


def _source(image: VMImage | None, provider_type: str) -> str:
    source = None if image is None else source_for(image.spec.source, provider_type)
    return "" if source is None else digest_of(source.model_dump(mode="json", exclude_defaults=True))


def _addresses(nics: tuple[Nic, ...]) -> str:
    told = {nic.name: nic.static for nic in nics if nic.static is not None}
    return digest_of(told) if told else ""


def _documents(vm: VirtualMachine) -> Iterator[tuple[str, str]]:
    user, meta, network = vm.spec.user_data, vm.spec.meta_data, vm.spec.network_data
    texts = {
        "userData": user.cloud_init.inline if user and user.cloud_init else None,
        "metaData": meta.cloud_init.inline if meta and meta.cloud_init else None,
        "networkData": network.cloud_init.inline if network and network.cloud_init else None,
        "ignition": user.ignition.inline if user and user.ignition else None,
    }
    for name, text in texts.items():
        if text:
            yield name, digest_of(text)


def _secrets(vm: VirtualMachine, version: Callable[[str], str | None]) -> Iterator[tuple[str, str]]:
    uses = secrets_of(vm)
    named = {
        "userDataSecret": uses.user_data,
        "metaDataSecret": uses.meta_data,
        "networkDataSecret": uses.network_data,
        "ignitionSecret": uses.ignition,
    }
    for name, use in named.items():
        if use is not None:
            yield name, digest_of((use.name, version(use.name)))


def _pairs(origin: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in origin.split(",") if "=" in pair)

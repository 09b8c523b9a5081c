"""Ring 2: images between a cluster in memory and the memory provider."""

from datetime import timedelta
from typing import Any

from image_world import LAB, ImageWorld, fetched
from manifests import Manifest, provider, secret, vm, vm_class, vm_image
from virtrigaud_api.contract import Unavailable, WrongState
from virtrigaud_api.v1beta1 import VMImage
from virtrigaud_manager.kinds.vm_image.order import order_for
from virtrigaud_provider_memory import Fault, FaultKind, Verb

CANARY = "canary-5f1e"
LONG = {"durations": {"prepare_image": 3600}}
BEARER = {"authentication": {"bearer": {"secretRef": {"name": "registry"}}}}


def elsewhere(manifest: Manifest) -> Manifest:
    manifest["metadata"]["namespace"] = "other"
    return manifest


async def test_l37_an_image_that_is_ready_costs_no_write_and_no_call() -> None:
    async with ImageWorld() as world:
        await world.furnish_with(fetched())
        world.apply(vm())
        await world.settle()
        world.store.writes.clear()
        world.hypervisor.faults.unreachable = True
        world.wake_image()
        await world.settle()
        assert world.store.writes == []
        assert world.image_condition("Ready")[0] == "True"


async def test_l34_a_machine_that_may_not_use_the_provider_brings_no_image_to_it() -> None:
    async with ImageWorld() as world:
        await world.furnish_with(elsewhere(fetched()), elsewhere(vm_class()))
        at_first = world.imported()
        world.apply(elsewhere(vm(providerRef={"name": "lab", "namespace": "default"})))
        await world.settle()
        assert world.imported() == at_first
        world.apply(provider(allowedNamespaces=["other"]))
        await world.settle()
        (brought,) = set(world.imported()) - set(at_first)
        assert brought.startswith("other.debian-")


async def test_a_machine_from_an_image_that_is_there_costs_no_write_of_the_image_but_its_first() -> None:
    async with ImageWorld() as world:
        await world.furnish_with(vm_image())
        world.apply(vm())
        await world.settle()
        world.store.writes.clear()
        world.apply(vm("two"))
        await world.settle()
        assert [write for write in world.store.writes if "VMImage" in write] == []
        mine = [write for write in world.store.writes if "VirtualMachine default/two" in write]
        assert mine == ["finalizers VirtualMachine default/two", "status VirtualMachine default/two"]


async def test_while_an_import_runs_the_machine_waits_and_the_image_shows_its_task() -> None:
    async with ImageWorld(**LONG) as world:
        await world.furnish_with(fetched())
        world.apply(vm())
        await world.settle()
        copy = world.copy()
        assert (copy.phase, copy.available, copy.start_time) == ("Importing", False, world.now)
        assert world.image().status.prepare_task_ref == copy.task_ref
        assert world.image_condition("Importing")[:2] == ("True", "Importing")
        assert world.ready() == (
            "False",
            "WaitingForImage",
            "VMImage default/debian is not ready on Provider default/lab yet: it is being imported",
        )


async def test_how_far_an_import_is_shows_with_the_time_that_it_still_takes() -> None:
    async with ImageWorld(**LONG) as world:
        await world.furnish_with(fetched())
        world.apply(vm())
        await world.settle()
        world.report_progress(40)
        await world.pass_time(timedelta(seconds=40))
        progress = world.image().status.import_progress
        assert progress is not None
        assert (progress.percentage, progress.eta) == (40, "1m0s")
        await world.settle()
        assert world.ready()[2].endswith("more than 25 % is imported")


async def test_an_import_that_takes_too_long_is_cancelled_and_counts_as_an_attempt() -> None:
    async with ImageWorld(**LONG) as world:
        await world.furnish_with(fetched(prepare={"timeout": "10m", "retries": 0}))
        world.apply(vm())
        await world.settle()
        task = world.copy().task_ref
        await world.pass_time(timedelta(minutes=10))
        assert world.story[-1].startswith("VMImage debian: wait: Provider default/lab: the import is being cancelled")
        await world.until(lambda: world.copy().task_ref is None)
        copy = world.copy()
        assert (copy.attempts, copy.phase, copy.available) == (1, "Failed", False)
        assert f"task {task} was cancelled on request" in (copy.message or "")
        assert world.image_condition("Stalled")[:2] == ("True", "ImportFailed")


async def test_a_failed_task_is_tried_again_and_then_the_image_is_ready() -> None:
    async with ImageWorld() as world:
        await world.furnish_with(fetched())
        world.hypervisor.faults.order(
            Fault(verb=Verb.PREPARE_IMAGE, kind=FaultKind.FAIL_TASK, error=Unavailable.__name__)
        )
        world.apply(vm())
        await world.settle()
        await world.until(lambda: world.copy().attempts == 1)
        assert world.copy().phase == "Pending"
        await world.pass_time(timedelta(seconds=10))
        assert (world.copy().available, world.copy().attempts) == (True, None)
        assert world.ready()[0] == "True"
        assert {"ImportFailed", "Prepared", "Created"} <= set(world.events.reasons)


async def test_l31_headers_of_a_download_come_from_the_secret_and_show_nowhere() -> None:
    async with ImageWorld() as world:
        heard = world.listen()
        await world.furnish_with(fetched(**BEARER))
        world.apply(vm())
        await world.settle()
        assert world.copy().message == "Secret default/registry does not exist"
        world.apply(secret("registry", token=f"{CANARY}\n".encode()))
        await world.settle()
        assert heard[0].download.headers == {"Authorization": f"Bearer {CANARY}"}
        assert world.ready()[0] == "True"
        shown = [str(world.image()), str(world.vm()), *world.story, *(str(note) for _, note in world.events.posted)]
        assert [text for text in shown if CANARY in text] == []


async def test_a_secret_without_the_token_is_named_and_is_no_attempt() -> None:
    async with ImageWorld() as world:
        await world.furnish_with(fetched(**BEARER), secret("registry", other=b"x"))
        world.apply(vm())
        await world.settle()
        assert (world.copy().message, world.copy().attempts) == ("Secret default/registry has no token", None)


async def test_basic_authentication_is_sent_as_rfc_7617_says() -> None:
    async with ImageWorld() as world:
        heard = world.listen()
        basic = {"authentication": {"basicAuth": {"secretRef": {"name": "registry"}}}, "headers": {"X-Site": "lab"}}
        await world.furnish_with(fetched(**basic), secret("registry", username=b"Aladdin", password=b"open sesame"))
        world.apply(vm())
        await world.settle()
        assert heard[0].download.headers == {"X-Site": "lab", "Authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}
        assert heard[0].download.timeout == timedelta(minutes=30)


async def test_l31_a_user_name_that_basic_authentication_can_not_send_is_refused_and_not_shown() -> None:
    async with ImageWorld() as world:
        basic = {"authentication": {"basicAuth": {"secretRef": {"name": "registry"}}}}
        await world.furnish_with(fetched(**basic), secret("registry", username=b"canary:x", password=b"canary"))
        world.apply(vm())
        await world.settle()
        assert world.copy().message == (
            "Secret default/registry: the value of username has a colon, which basic authentication can't send"
        )


async def test_a_provider_that_only_prepares_is_taken_at_its_word_and_keeps_what_it_has() -> None:
    async with ImageWorld() as world:
        await world.furnish_with(fetched())
        world.report_only(supportsImageImport=True)
        world.apply(vm())
        await world.settle()
        assert (world.copy().available, world.ready()[0]) == (True, "True")
        world.delete()
        world.store.delete(world.image_key())
        await world.settle()
        assert [line for line in world.story if "left behind" in line] != []
        assert world.events.reasons[-1] == "CopyLeft"
        assert len(world.imported()) == 1


async def test_l19_what_needs_more_than_preparing_is_refused_with_field_provider_and_capability() -> None:
    async with ImageWorld() as world:
        await world.furnish_with(fetched(**BEARER))
        world.report_only(supportsImageImport=True)
        world.apply(vm())
        await world.settle()
        why = (
            "VMImage default/debian: spec.source.http.authentication needs the capability supportsImageInventory, "
            "which Provider default/lab does not have"
        )
        assert world.image_condition("Validated") == ("False", "ValidationError", why)
        assert world.imported() == []


async def test_a_provider_that_imports_nothing_gets_the_url_itself() -> None:
    async with ImageWorld() as world:
        await world.furnish_with(fetched())
        world.report_only()
        world.apply(vm())
        await world.settle()
        assert world.ready()[0] == "True"
        assert (world.imported(), world.copy().available) == ([], True)


async def test_a_forced_import_is_another_one_for_each_generation() -> None:
    async with ImageWorld() as world:
        await world.furnish_with(fetched(prepare={"force": True}))
        world.apply(vm())
        await world.settle()
        first = world.copy().name
        world.apply(fetched(prepare={"force": True, "retries": 1}))
        await world.settle()
        assert world.copy().previous == (first,)
        assert len(world.imported()) == 2


async def test_an_import_that_disks_rest_on_is_kept_although_no_machine_is_known_to() -> None:
    async with ImageWorld() as world:
        await world.furnish_with(fetched())
        world.apply(vm())
        await world.settle()
        first = world.copy().name
        world.hypervisor.faults.fail_next(Verb.DELETE_IMAGE, WrongState)
        world.apply(fetched(url="https://images.example/debian-13.qcow2"))
        world.delete()
        await world.settle()
        assert world.copy().previous == (first,)
        await world.pass_time(timedelta(minutes=5))
        assert world.copy().previous == ()


async def test_l13_a_provider_that_is_gone_holds_up_no_other_one() -> None:
    async with ImageWorld() as world:
        await world.furnish_with(fetched())
        world.apply(vm(), vm("far", providerRef={"name": "gone"}))
        await world.settle()
        status = world.image().status
        assert status.available_on == (LAB,)
        assert status.message == "Provider default/gone: the Provider does not exist"
        assert world.ready("web")[0] == "True"


async def test_l34_an_image_brings_itself_only_to_providers_that_allow_its_namespace() -> None:
    async with ImageWorld() as world:
        shared = {"providers": [{"name": "shared", "namespace": "infra"}]}
        await world.furnish_with(provider("shared", namespace="infra"), fetched(prepare=shared))
        await world.settle()
        assert world.image_condition("Validated")[2] == (
            "Provider infra/shared does not allow namespace default; add it to its spec.allowedNamespaces"
        )


def test_the_name_of_an_import_tells_another_source_another_format_and_another_checksum_apart() -> None:
    def name(**changes: Any) -> str:
        prepare = changes.pop("prepare", None)
        image = fetched(prepare=prepare, **changes)
        image["metadata"] |= {"uid": "u", "generation": changes.pop("generation", 1)}
        order = order_for(VMImage.from_manifest(image), "memory")
        assert order is not None
        return order.name

    usual = name()
    assert usual.startswith("default.debian-")
    assert name(prepare={"retries": 9, "timeout": "1h"}) == usual
    others = {
        name(url="https://images.example/other.qcow2"),
        name(checksum="ab" * 32),
        name(prepare={"storage": {"preferredFormat": "raw"}}),
        name(prepare={"storage": {"libvirt": {"storagePool": "fast"}}}),
        usual,
    }
    assert len(others) == 5
    assert len(name().encode()) < 200


async def test_l15_a_provider_that_appears_wakes_the_image() -> None:
    async with ImageWorld() as world:
        world.apply(fetched(prepare={"providers": [{"name": "lab"}]}))
        await world.settle()
        assert world.image_condition("Ready")[2] == "Provider default/lab: the Provider does not exist"
        await world.furnish_with()
        await world.settle()
        assert world.image_condition("Ready")[0] == "True"

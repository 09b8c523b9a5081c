"""The suite fails for a provider that breaks a promise, at the test that is named after the promise."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from broken_providers import (
    AdvertisesTooMuch,
    BlamesItself,
    FailsToDeleteTwice,
    FailsToSeeWhatIsGone,
    HidesAPendingRestart,
    IgnoresChanges,
    LosesTheOwner,
    MakesASecondMachine,
    NeverStopsAGuest,
    SkipsTheChecksum,
    StartsWhatItMakes,
    StartsWhatWasStopped,
    TakesASnapshotTwice,
    TakesOver,
    TellsNothing,
    TellsThatItRuns,
)
from providers_under_test import memory
from virtrigaud_api.contract import BootImage, InvalidSpec, MachineProvider, MachineSpec, ProviderError
from virtrigaud_provider_sdk.conformance.lab import Lab, Patience, capabilities_of
from virtrigaud_provider_sdk.conformance.specimens import Specimens
from virtrigaud_provider_sdk.conformance.suite import (
    test_absent_machines,
    test_disk_transfer,
    test_errors,
    test_idempotence,
    test_lifecycle,
    test_owners,
    test_power,
    test_reconfigure,
    test_snapshots,
    test_starts,
    test_watch,
)

Promise = Callable[[Lab], Awaitable[None]]


def starting(lab: Lab) -> MachineSpec:
    return replace(lab.specimens.spec(), starts=True)


async def a_stopped_machine_stays_off(lab: Lab) -> None:
    await test_starts.test_creating_again_does_not_start_a_machine_that_was_stopped(lab, starting(lab))


async def it_is_told_whether_it_runs(lab: Lab) -> None:
    await test_starts.test_an_answer_to_create_that_tells_the_machine_tells_whether_it_runs(lab, starting(lab))


async def refusals_are_told_apart(lab: Lab) -> None:
    await test_errors.test_what_cannot_be_is_refused_and_leaves_nothing(lab, test_errors.no_cpus, InvalidSpec)


BROKEN: list[tuple[Callable[[], MachineProvider], Promise]] = [
    (MakesASecondMachine, test_idempotence.test_creating_twice_makes_one_machine),
    (TakesOver, test_owners.test_l06_a_machine_of_another_object_of_the_same_name_is_never_taken_over),
    (StartsWhatItMakes, test_lifecycle.test_a_created_machine_is_powered_off_and_is_what_was_asked_for),
    (StartsWhatWasStopped, a_stopped_machine_stays_off),
    (TellsThatItRuns, it_is_told_whether_it_runs),
    (LosesTheOwner, test_owners.test_the_owner_is_shown_by_describe_and_by_the_list),
    (FailsToSeeWhatIsGone, test_absent_machines.test_an_absent_machine_is_described_as_none),
    (FailsToDeleteTwice, test_idempotence.test_deleting_twice_is_deleting_once),
    (NeverStopsAGuest, test_power.test_a_guest_that_does_not_react_is_stopped_hard_after_the_grace_period),
    (HidesAPendingRestart, test_reconfigure.test_l16_a_change_that_needs_a_restart_is_said_to_be_pending_until_then),
    (IgnoresChanges, test_reconfigure.test_cpus_and_memory_of_a_stopped_machine_change),
    (BlamesItself, refusals_are_told_apart),
    (TellsNothing, test_watch.test_power_on_is_told),
    (TakesASnapshotTwice, test_snapshots.test_the_same_name_is_the_same_snapshot),
    (SkipsTheChecksum, test_disk_transfer.test_a_wrong_checksum_is_refused),
    (AdvertisesTooMuch, test_snapshots.test_l18_a_snapshot_with_memory_brings_a_running_machine_back_running),
]


async def lab_of(provider: MachineProvider) -> Lab:
    return Lab(
        provider=provider,
        capabilities=await capabilities_of(provider),
        specimens=Specimens(image=BootImage(template="conformance")),
        patience=Patience(task=timedelta(seconds=0.2), grace=timedelta(0)),
    )


@pytest.mark.parametrize(("broken", "promise"), BROKEN, ids=lambda value: value.__name__)
async def test_a_broken_promise_is_caught(broken: Callable[[], MachineProvider], promise: Promise) -> None:
    await promise(await lab_of(memory()))
    with pytest.raises((AssertionError, ProviderError, TimeoutError, pytest.fail.Exception)):
        await promise(await lab_of(broken()))

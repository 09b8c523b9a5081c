"""The suite fails for a provider that breaks a promise, at the test that is named after the promise."""

from collections.abc import Callable
from typing import Any

import pytest

Suite = Callable[..., Any]


@pytest.mark.parametrize(
    ("broken", "area", "caught_by"),
    [
        ("MakesASecondMachine", "idempotence", "test_creating_twice_makes_one_machine"),
        ("TakesOver", "owners", "test_l06_a_machine_of_another_object_of_the_same_name_is_never_taken_over"),
        ("StartsWhatItMakes", "lifecycle", "test_a_created_machine_is_powered_off_and_is_what_was_asked_for"),
        ("LosesTheOwner", "owners", "test_the_owner_is_shown_by_describe_and_by_the_list"),
        ("FailsToSeeWhatIsGone", "absent_machines", "test_an_absent_machine_is_described_as_none"),
        ("FailsToDeleteTwice", "idempotence", "test_deleting_twice_is_deleting_once"),
        ("NeverStopsAGuest", "power", "test_a_guest_that_does_not_react_is_stopped_hard_after_the_grace_period"),
        (
            "HidesAPendingRestart",
            "reconfigure",
            "test_l16_a_change_that_needs_a_restart_is_said_to_be_pending_until_then",
        ),
        ("IgnoresChanges", "reconfigure", "test_cpus_and_memory_of_a_stopped_machine_change"),
        ("BlamesItself", "errors", "test_what_cannot_be_is_refused_and_leaves_nothing"),
        ("TellsNothing", "watch", "test_power_on_is_told"),
        ("TakesASnapshotTwice", "snapshots", "test_the_same_name_is_the_same_snapshot"),
        ("SkipsTheChecksum", "disk_transfer", "test_a_wrong_checksum_is_refused"),
        ("AdvertisesTooMuch", "snapshots", "test_l18_a_snapshot_with_memory_brings_a_running_machine_back_running"),
    ],
)
def test_a_broken_promise_is_caught(suite: Suite, broken: str, area: str, caught_by: str) -> None:
    named = ("--provider-object", f"providers_under_test:{broken}")
    run = suite(*named, "-k", caught_by, "--provider-task-seconds", "1", area=f".suite.test_{area}")
    assert run.status == pytest.ExitCode.TESTS_FAILED, run.output
    assert {name.partition("[")[0] for name in run.failed} == {caught_by}

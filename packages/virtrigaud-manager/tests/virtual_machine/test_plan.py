"""Ring 1: the plan is total, and each rule of it. No double, no I/O."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from observations import (
    ADOPTED,
    CREATE_AND_START,
    DIGEST,
    DOWN,
    FORCED,
    LACKING,
    MACHINE,
    NOW,
    OTHER_TAGS,
    PROVIDER,
    SPEC,
    TASK,
    TOO_SMALL,
    UNPROVIDED,
    UNSUITABLE,
    WANTED,
    machine_object,
    power,
    seen,
    state,
)
from power_rules import HOOK_RULES, POWER_RULES, START_RULES, noted
from virtrigaud_api.contract import (
    Conflict,
    InvalidSpec,
    MiB,
    PowerState,
    PowerVerb,
)
from virtrigaud_api.v1beta1 import VirtualMachineStatus
from virtrigaud_api.v1beta1.keys import ANNOTATION_REBOOT
from virtrigaud_manager.kinds.object_actions import AddFinalizer, AwaitRemoval, Refuse, RemoveFinalizer
from virtrigaud_manager.kinds.virtual_machine.actions import Action, Create, Delete, Reconfigure
from virtrigaud_manager.kinds.virtual_machine.groups import Group
from virtrigaud_manager.kinds.virtual_machine.observation import Absent, NeverMade, Observation, Seen, Unseen
from virtrigaud_manager.kinds.virtual_machine.plan import plan
from virtrigaud_manager.kinds.virtual_machine.receipt_keys import RECEIPT_SPEC
from virtrigaud_manager.kinds.virtual_machine.rests import (
    AwaitAdoption,
    AwaitDependencies,
    AwaitImage,
    AwaitMaintenance,
    AwaitPower,
    AwaitRoom,
    AwaitSight,
    AwaitTask,
    AwaitUnprotected,
    Hold,
    ReportFailedTask,
    ReportMissing,
    ReportUnprovided,
    Settle,
)
from virtrigaud_manager.kinds.virtual_machine.wish import Imageless, Wanted
from virtrigaud_manager.kinds.virtual_machine.work import Held, NoTask, TaskFailed, TaskRunning

RULES: list[tuple[str, Observation, Action]] = [
    ("as described, in maintenance", seen(maintenance=True), Settle(state())),
    (
        "to be made, in maintenance",
        seen(machine=None, sight=NeverMade(), maintenance=True),
        AwaitMaintenance(PROVIDER, CREATE_AND_START.sentence),
    ),
    ("as described", seen(), Settle(state())),
    ("never made", seen(machine=None, sight=NeverMade()), CREATE_AND_START),
    (
        "never made, not finalized",
        seen(vm=machine_object(finalized=False), machine=None, sight=NeverMade()),
        AddFinalizer(),
    ),
    ("there, not finalized", seen(vm=machine_object(finalized=False)), AddFinalizer()),
    ("vanished", seen(sight=Absent()), replace(CREATE_AND_START, vanished=MACHINE)),
    ("vanished, adopted", seen(vm=machine_object(**ADOPTED), sight=Absent()), ReportMissing(MACHINE)),
    ("to be adopted", seen(vm=machine_object(**ADOPTED), machine=None, sight=NeverMade()), AwaitAdoption()),
    ("unseen", seen(sight=Unseen(DOWN)), AwaitSight(DOWN)),
    (
        "lacking before it is made",
        seen(machine=None, sight=NeverMade(), wish=LACKING),
        AwaitDependencies(("VMClass default/small does not exist",)),
    ),
    ("lacking while it runs", seen(wish=LACKING), AwaitDependencies(("VMClass default/small does not exist",))),
    ("no image yet", seen(machine=None, sight=NeverMade(), wish=Imageless("not yet")), AwaitImage("not yet")),
    ("unsuitable before it is made", seen(machine=None, sight=NeverMade(), wish=UNSUITABLE), Refuse(UNSUITABLE.faults)),
    ("unsuitable while it runs", seen(wish=UNSUITABLE), Refuse(UNSUITABLE.faults)),
    (
        "lacking, to be switched off",
        seen(vm=machine_object(power="Off"), wish=LACKING),
        power(PowerVerb.OFF, PowerState.ON, "Off"),
    ),
    (
        "on, wanted suspended",
        seen(vm=machine_object(power="Suspended")),
        power(PowerVerb.SUSPEND, PowerState.ON, "Suspended"),
    ),
    (
        "suspended, as wanted",
        seen(vm=machine_object(power="Suspended"), sight=Seen(state(PowerState.SUSPENDED))),
        Settle(state(PowerState.SUSPENDED)),
    ),
    (
        "off, wanted suspended: there is no memory to keep",
        seen(vm=machine_object(power="Suspended"), sight=Seen(state(PowerState.OFF))),
        Settle(state(PowerState.OFF)),
    ),
    (
        "on, wanted suspended, which the provider can't do",
        seen(vm=machine_object(power="Suspended"), wish=UNPROVIDED),
        ReportUnprovided(UNPROVIDED.faults),
    ),
    (
        "asked for what the provider can't do before it is made",
        seen(machine=None, sight=NeverMade(), wish=UNPROVIDED),
        ReportUnprovided(UNPROVIDED.faults),
    ),
    ("a task runs", seen(work=TaskRunning(TASK, None)), AwaitTask(TASK)),
    ("a task failed", seen(work=TaskFailed(TASK, None, DOWN)), ReportFailedTask(TASK, DOWN)),
    ("off, wanted on", seen(sight=Seen(state(PowerState.OFF))), power(PowerVerb.ON, PowerState.OFF, "On")),
    (
        "suspended, wanted on",
        seen(sight=Seen(state(PowerState.SUSPENDED))),
        power(PowerVerb.ON, PowerState.SUSPENDED, "On"),
    ),
    ("crashed, wanted on", seen(sight=Seen(state(PowerState.CRASHED))), power(PowerVerb.ON, PowerState.CRASHED, "On")),
    ("on, wanted off", seen(vm=machine_object(power="Off")), power(PowerVerb.OFF, PowerState.ON, "Off")),
    (
        "on, wanted shut down",
        seen(vm=machine_object(power="OffGraceful")),
        power(PowerVerb.SHUTDOWN, PowerState.ON, "OffGraceful"),
    ),
    (
        "suspended, wanted shut down",
        seen(vm=machine_object(power="OffGraceful"), sight=Seen(state(PowerState.SUSPENDED))),
        power(PowerVerb.OFF, PowerState.SUSPENDED, "OffGraceful"),
    ),
    (
        "off, wanted shut down",
        seen(vm=machine_object(power="OffGraceful"), sight=Seen(state(PowerState.OFF))),
        Settle(state(PowerState.OFF)),
    ),
    ("power unknown", seen(sight=Seen(state(PowerState.UNKNOWN))), AwaitPower(MACHINE)),
    ("too small", seen(sight=Seen(state(cpus=1))), Reconfigure(MACHINE, SPEC, DIGEST, 1, MiB(4096), TOO_SMALL)),
    (
        "too small until it restarts",
        seen(sight=Seen(state(cpus=1, pending_restart=True))),
        Settle(state(cpus=1, pending_restart=True)),
    ),
    (
        "the spec changed",
        seen(wish=Wanted(SPEC, OTHER_TAGS)),
        Reconfigure(MACHINE, SPEC, OTHER_TAGS, 2, MiB(4096), changed=(Group.TAGS,)),
    ),
    (
        "too small and off: first larger, then on",
        seen(sight=Seen(state(PowerState.OFF, cpus=1))),
        Reconfigure(MACHINE, SPEC, DIGEST, 1, MiB(4096), TOO_SMALL),
    ),
    (
        "too small and to be switched off: first off",
        seen(vm=machine_object(power="Off"), sight=Seen(state(cpus=1))),
        power(PowerVerb.OFF, PowerState.ON, "Off"),
    ),
    ("deleted", seen(vm=machine_object(deleting=True)), Delete(MACHINE)),
    (
        "deleted, gone",
        seen(vm=machine_object(deleting=True), sight=Absent()),
        RemoveFinalizer("the machine is not there"),
    ),
    (
        "deleted, never made",
        seen(vm=machine_object(deleting=True), machine=None, sight=NeverMade()),
        RemoveFinalizer("the machine is not there"),
    ),
    ("deleted, unseen", seen(vm=machine_object(deleting=True), sight=Unseen(DOWN)), AwaitSight(DOWN)),
    (
        "deleted, unseen, forced",
        seen(vm=machine_object(deleting=True, **FORCED), sight=Unseen(DOWN)),
        RemoveFinalizer("forced, although connection refused"),
    ),
    ("deleted, there, forced", seen(vm=machine_object(deleting=True, **FORCED)), Delete(MACHINE)),
    ("deleted, a task runs", seen(vm=machine_object(deleting=True), work=TaskRunning(TASK, None)), AwaitTask(TASK)),
    (
        "deleted, the deletion failed",
        seen(vm=machine_object(deleting=True), work=TaskFailed(TASK, Delete(MACHINE), DOWN)),
        ReportFailedTask(TASK, DOWN),
    ),
    (
        "deleted, the deletion failed, forced",
        seen(vm=machine_object(deleting=True, **FORCED), work=TaskFailed(TASK, Delete(MACHINE), DOWN)),
        RemoveFinalizer("forced, although connection refused"),
    ),
    ("deleted, not finalized", seen(vm=machine_object(deleting=True, finalized=False)), AwaitRemoval()),
    ("no room", seen(machine=None, sight=NeverMade(), excess=("no room",)), AwaitRoom(("no room",))),
    ("vanished, no room", seen(sight=Absent(), excess=("no room",)), AwaitRoom(("no room",))),
    ("there, no room", seen(excess=("no room",)), Settle(state())),
    ("deleted, protected", seen(vm=machine_object(deleting=True, protected=True)), AwaitUnprotected()),
    (
        "deleted, protected, forced",
        seen(vm=machine_object(deleting=True, protected=True, **FORCED), sight=Unseen(DOWN)),
        AwaitUnprotected(),
    ),
]


EVERY_RULE = (*RULES, *START_RULES, *POWER_RULES, *HOOK_RULES)


@pytest.mark.parametrize(
    ("observation", "action"), [rule[1:] for rule in EVERY_RULE], ids=[rule[0] for rule in EVERY_RULE]
)
def test_the_first_rule_that_applies_wins(observation: Observation, action: Action) -> None:
    assert plan(observation) == action


def test_every_action_is_planned_by_some_rule() -> None:
    planned = {type(action) for _, _, action in EVERY_RULE} | {Hold}
    assert planned == set(Action.__args__)


def test_what_failed_for_good_is_held_until_it_is_due_or_different() -> None:
    error = Conflict("the name web belongs to somebody else")
    held = Held(CREATE_AND_START, error, NOW + timedelta(minutes=5), None)
    waiting = seen(machine=None, sight=NeverMade(), held=held)
    assert plan(waiting) == Hold(error)
    assert plan(replace(waiting, now=NOW + timedelta(minutes=5))) == CREATE_AND_START
    other = Wanted(replace(SPEC, name="other"), "digest-2")
    assert plan(replace(waiting, wish=other)) == Create(PROVIDER, replace(other.spec, starts=True), "digest-2")


sights = st.sampled_from(
    [Absent(), NeverMade(), Unseen(DOWN), *(Seen(state(power)) for power in PowerState), Seen(state(cpus=1))]
)
works = st.sampled_from(
    [NoTask(), TaskRunning(TASK, None), TaskFailed(TASK, None, DOWN), TaskFailed(TASK, Delete(MACHINE), DOWN)]
)
objects = st.builds(
    machine_object,
    power=st.sampled_from(["On", "Off", "OffGraceful", "Suspended"]),
    finalized=st.booleans(),
    deleting=st.booleans(),
    labels=st.sampled_from([{}, ADOPTED["labels"]]),
    annotations=st.sampled_from([{}, FORCED["annotations"], {ANNOTATION_REBOOT: "one"}]),
)
observations = st.builds(
    Observation,
    vm=objects,
    status=st.sampled_from(
        [
            VirtualMachineStatus(),
            VirtualMachineStatus(provider={RECEIPT_SPEC: DIGEST}),
            noted(restart="stopping"),
            noted(restart="starting"),
        ]
    ),
    now=st.just(NOW),
    provider=st.just(PROVIDER),
    machine=st.sampled_from([None, MACHINE]),
    sight=sights,
    wish=st.sampled_from([WANTED, LACKING, UNSUITABLE, UNPROVIDED]),
    work=works,
    held=st.sampled_from([None, Held(Delete(MACHINE), InvalidSpec("no"), NOW + timedelta(days=1), None)]),
)


@given(observations)
def test_the_plan_is_total_and_says_a_sentence(observation: Observation) -> None:
    assert plan(observation).sentence


@given(observations)
def test_l05_the_finalizer_goes_only_when_the_machine_is_not_there_or_the_user_gave_it_up(o: Observation) -> None:
    if isinstance(plan(o), RemoveFinalizer):
        assert o.deleting
        assert isinstance(o.sight, Absent | NeverMade) or o.forced


@given(observations)
def test_l07_a_machine_is_made_only_where_none_was_seen_and_nothing_is_unseen(o: Observation) -> None:
    if isinstance(plan(o), Create):
        assert isinstance(o.sight, Absent | NeverMade)
        assert o.finalized
        assert not o.adopted

"""What is planned for the power of a machine: rules by name, each an observation and the action that follows."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from observations import (
    CREATE,
    CREATE_AND_START,
    DIGEST,
    MACHINE,
    OTHER_TAGS,
    SPEC,
    UNPROVIDED,
    machine_object,
    power,
    seen,
    state,
)
from virtrigaud_api.contract import PowerState, PowerVerb, SnapshotId
from virtrigaud_api.v1beta1 import VirtualMachineStatus
from virtrigaud_api.v1beta1.keys import ANNOTATION_REBOOT
from virtrigaud_api.v1beta1.lifecycle import LifecycleHook
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.hooks.order import HookEnded, HookOrder, HookPoint, HookRunning
from virtrigaud_manager.kinds.object_actions import Refuse
from virtrigaud_manager.kinds.virtual_machine.actions import Action, Delete, Reconfigure, Record, Revert
from virtrigaud_manager.kinds.virtual_machine.groups import Group
from virtrigaud_manager.kinds.virtual_machine.hook_actions import AwaitHook, NoteHook, StartHook
from virtrigaud_manager.kinds.virtual_machine.observation import NeverMade, Observation, Seen
from virtrigaud_manager.kinds.virtual_machine.receipt_keys import (
    RECEIPT_PROVIDER,
    RECEIPT_RESTART,
    RECEIPT_RESTARTED_FOR,
    RECEIPT_SPEC,
)
from virtrigaud_manager.kinds.virtual_machine.restart_plan import WANTED as A_RESTART
from virtrigaud_manager.kinds.virtual_machine.rests import AwaitDependencies, ReportUnprovided, Settle
from virtrigaud_manager.kinds.virtual_machine.wish import Missing, RevertTo, RevertToMissing, RevertToOther, Wanted

WINDOW = {"schedule": "0 2 * * SUN", "duration": "2h", "timeZone": "Europe/Berlin"}
IN_THE_WINDOW = datetime(2026, 2, 1, 1, 30, tzinfo=UTC)
REBOOT = Record(((RECEIPT_RESTART, "stopping"),), "restart the machine: a reboot was asked for")
RESTART = Record(
    ((RECEIPT_RESTART, "stopping"), (RECEIPT_RESTARTED_FOR, DIGEST)),
    "restart the machine: a change waits for it",
)
PENDING = state(pending_restart=True)


def noted(**receipts: str) -> VirtualMachineStatus:
    """The status of a machine that we made, with further receipts by the last part of their keys."""
    ours = {RECEIPT_PROVIDER: "default/lab", RECEIPT_SPEC: DIGEST}
    further = {f"virtrigaud.io/{name.replace('_', '-')}": value for name, value in receipts.items()}
    return VirtualMachineStatus(id=MACHINE, provider=ours | further)


def asked(nonce: str = "one", **usual: Any) -> Any:
    return machine_object(annotations={ANNOTATION_REBOOT: nonce}, **usual)


def with_policy(type_: str, *windows: dict[str, str]) -> Any:
    return machine_object(spec={"restartPolicy": {"type": type_, "windows": list(windows)}})


SNAPSHOT = ObjectKey(ObjectKind.VM_SNAPSHOT, "default", "before")
BACK = RevertTo(SNAPSHOT, "uid-9", SnapshotId("snap-1"))
REVERT_BEGINS = Record(
    (("virtrigaud.io/reverting", "uid-9"), ("virtrigaud.io/reached-power", None)),
    "the machine is Off and is to be reverted to VMSnapshot default/before",
)
REVERT_ENDS = Record(
    (("virtrigaud.io/reverted", "uid-9"), ("virtrigaud.io/reverting", None)), "reverted to VMSnapshot default/before"
)
OFF = Seen(state(PowerState.OFF))

PROGRAM = {"exec": {"command": ["/bin/true"]}}
HOOK = LifecycleHook.model_validate(PROGRAM)
PRE_STOP = HookOrder(point=HookPoint.PRE_STOP, uid="uid-1", machine=MACHINE, hook=HOOK)
POST_START = HookOrder(point=HookPoint.POST_START, uid="uid-1", machine=MACHINE, hook=HOOK)
STOP_ENDED, START_ENDED = HookEnded(HookPoint.PRE_STOP), HookEnded(HookPoint.POST_START, "no", late=True)


def with_hooks(**usual: Any) -> Any:
    return machine_object(spec={"lifecycle": {"preStop": PROGRAM, "postStart": PROGRAM}}, **usual)


def to_make(**usual: Any) -> Observation:
    return seen(vm=machine_object(**usual), machine=None, sight=NeverMade())


START_RULES: list[tuple[str, Observation, Action]] = [
    ("never made, and shall be off", to_make(power="Off"), CREATE),
    ("never made, and shall be shut down", to_make(power="OffGraceful"), CREATE),
    ("never made, and shall be suspended", to_make(power="Suspended"), CREATE),
    ("never made, with a hook before a stop", to_make(spec={"lifecycle": {"preStop": PROGRAM}}), CREATE_AND_START),
    ("never made, with a hook after its start", to_make(spec={"lifecycle": {"postStart": PROGRAM}}), CREATE),
    ("never made, and to be reverted", replace(to_make(), reversion=BACK), CREATE),
    (
        "never made, and to be reverted to a snapshot that is not there",
        replace(to_make(), reversion=RevertToMissing(Missing(SNAPSHOT))),
        CREATE_AND_START,
    ),
    (
        "made and left off by the provider",
        seen(sight=OFF),
        power(PowerVerb.ON, PowerState.OFF, "On"),
    ),
]

POWER_RULES: list[tuple[str, Observation, Action]] = [
    ("a reboot is asked for", seen(vm=asked(), status=noted()), REBOOT),
    ("another reboot is asked for", seen(vm=asked("two"), status=noted(reboot="one")), REBOOT),
    ("the reboot was carried out", seen(vm=asked(), status=noted(reboot="one")), Settle(state())),
    (
        "a reboot of a machine that was not ours when it was asked for",
        seen(vm=asked(), status=VirtualMachineStatus(id=MACHINE)),
        Settle(state()),
    ),
    (
        "a restart begins with a shutdown",
        seen(vm=asked(), status=noted(restart="stopping")),
        power(PowerVerb.SHUTDOWN, PowerState.ON, A_RESTART),
    ),
    (
        "its second half is noted before the machine is started",
        seen(vm=asked(), status=noted(restart="stopping"), sight=Seen(state(PowerState.OFF))),
        Record(((RECEIPT_RESTART, "starting"),), "the machine is Off and is to be started again"),
    ),
    (
        "a restart goes on with a start",
        seen(vm=asked(), status=noted(restart="starting", reboot="one"), sight=Seen(state(PowerState.OFF))),
        power(PowerVerb.ON, PowerState.OFF, "On"),
    ),
    (
        "a restart is over when the machine runs again",
        seen(vm=asked(), status=noted(restart="starting", reboot="one")),
        Settle(state()),
    ),
    (
        "what changed meanwhile is changed while the machine is off",
        seen(status=noted(restart="starting"), sight=Seen(state(PowerState.OFF)), wish=Wanted(SPEC, OTHER_TAGS)),
        Reconfigure(MACHINE, SPEC, OTHER_TAGS, 2, SPEC.hardware.memory, changed=(Group.TAGS,)),
    ),
    (
        "switching off ends a restart",
        seen(vm=asked(power="Off"), status=noted(restart="stopping")),
        power(PowerVerb.OFF, PowerState.ON, "Off"),
    ),
    (
        "a suspended machine that is restarted goes on first",
        seen(vm=asked(), status=noted(restart="stopping"), sight=Seen(state(PowerState.SUSPENDED))),
        power(PowerVerb.ON, PowerState.SUSPENDED, "On"),
    ),
    ("a change waits, and nobody is to restart", seen(status=noted(), sight=Seen(PENDING)), Settle(PENDING)),
    (
        "a change waits, to be restarted at once",
        seen(vm=with_policy("OnChange"), status=noted(), sight=Seen(PENDING)),
        RESTART,
    ),
    (
        "a change waits for a window that is closed",
        seen(vm=with_policy("WithinWindow", WINDOW), status=noted(), sight=Seen(PENDING)),
        Settle(PENDING),
    ),
    (
        "a change waits for a window that is open",
        seen(vm=with_policy("WithinWindow", WINDOW), status=noted(), sight=Seen(PENDING), now=IN_THE_WINDOW),
        RESTART,
    ),
    (
        "no change waits, and the window is open",
        seen(vm=with_policy("WithinWindow", WINDOW), status=noted(), now=IN_THE_WINDOW),
        Settle(state()),
    ),
    (
        "a restart that did not apply the change is not made again",
        seen(vm=with_policy("OnChange"), status=noted(restarted_for=DIGEST), sight=Seen(PENDING)),
        Settle(PENDING),
    ),
    ("to be reverted: first off", seen(reversion=BACK), power(PowerVerb.OFF, PowerState.ON, "the state of a snapshot")),
    ("to be reverted, off: first a note", seen(reversion=BACK, sight=OFF), REVERT_BEGINS),
    (
        "to be reverted, off and noted",
        seen(reversion=BACK, sight=OFF, status=noted(reverting="uid-9")),
        Revert(MACHINE, SnapshotId("snap-1"), SNAPSHOT, "uid-9"),
    ),
    ("reverted to a running guest", seen(reversion=BACK, status=noted(reverting="uid-9")), REVERT_ENDS),
    ("reverted", seen(reversion=BACK, status=noted(reverted="uid-9")), Settle(state())),
    ("reverted to another snapshot before", seen(reversion=BACK, sight=OFF, status=noted(reverted="u")), REVERT_BEGINS),
    (
        "to be reverted to a snapshot that is not ready",
        seen(reversion=RevertToMissing(Missing(SNAPSHOT, "is not ready"))),
        AwaitDependencies(("VMSnapshot default/before is not ready",)),
    ),
    ("to be reverted to a snapshot of another machine", seen(reversion=RevertToOther("no")), Refuse(("no",))),
    (
        "to be reverted, which the provider can't do",
        seen(reversion=BACK, wish=UNPROVIDED),
        ReportUnprovided(UNPROVIDED.faults),
    ),
]

HOOK_RULES: list[tuple[str, Observation, Action]] = [
    ("to be stopped: first its hook", seen(vm=with_hooks(power="Off")), StartHook(PRE_STOP)),
    (
        "its hook runs",
        seen(vm=with_hooks(power="Off"), hook=HookRunning(HookPoint.PRE_STOP)),
        AwaitHook(HookPoint.PRE_STOP),
    ),
    ("its hook ended", seen(vm=with_hooks(power="Off"), hook=STOP_ENDED), NoteHook(STOP_ENDED)),
    (
        "its hook is noted",
        seen(vm=with_hooks(power="Off"), status=noted(pre_stop="done")),
        power(PowerVerb.OFF, PowerState.ON, "Off"),
    ),
    ("to be deleted: first its hook", seen(vm=with_hooks(deleting=True)), StartHook(PRE_STOP)),
    (
        "to be deleted, and off",
        seen(vm=with_hooks(deleting=True), sight=Seen(state(PowerState.OFF))),
        Delete(MACHINE),
    ),
    (
        "to be restarted: first its hook",
        seen(vm=with_hooks(), status=noted(restart="stopping", post_start="done")),
        StartHook(PRE_STOP),
    ),
    (
        "to be suspended: no hook",
        seen(vm=with_hooks(power="Suspended")),
        power(PowerVerb.SUSPEND, PowerState.ON, "Suspended"),
    ),
    ("started", seen(vm=with_hooks(), status=noted(post_start="due")), StartHook(POST_START)),
    (
        "started, and its hook runs",
        seen(vm=with_hooks(), status=noted(post_start="due"), hook=HookRunning(HookPoint.POST_START)),
        Settle(state()),
    ),
    (
        "started, and its hook ended",
        seen(vm=with_hooks(), status=noted(post_start="due"), hook=START_ENDED),
        NoteHook(START_ENDED),
    ),
    ("started before it had a hook", seen(vm=with_hooks(), status=noted()), Settle(state())),
    (
        "to be started for the first time",
        seen(vm=with_hooks(), sight=Seen(state(PowerState.OFF)), status=noted(post_start="done")),
        power(PowerVerb.ON, PowerState.OFF, "On"),
    ),
    (
        "a stop while the hook after the start runs",
        seen(vm=with_hooks(power="Off"), hook=HookRunning(HookPoint.POST_START)),
        StartHook(PRE_STOP),
    ),
]

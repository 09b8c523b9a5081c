"""Observations that the tests of plans start from: a machine that is there and as it was described."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from manifests import vm
from virtrigaud_api.contract import (
    BootImage,
    Hardware,
    MachineId,
    MachineSpec,
    MachineState,
    MiB,
    Owner,
    PowerState,
    PowerVerb,
    TaskRef,
    Unavailable,
)
from virtrigaud_api.v1beta1 import VirtualMachine, VirtualMachineStatus
from virtrigaud_api.v1beta1.keys import FINALIZER_VIRTUAL_MACHINE
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.kinds.virtual_machine.actions import Create, Power
from virtrigaud_manager.kinds.virtual_machine.differences import Difference
from virtrigaud_manager.kinds.virtual_machine.groups import Group
from virtrigaud_manager.kinds.virtual_machine.observation import Observation, Seen
from virtrigaud_manager.kinds.virtual_machine.receipt_keys import RECEIPT_SPEC
from virtrigaud_manager.kinds.virtual_machine.wish import Lacking, Missing, Unprovided, Unsuitable, Wanted

DIGEST = "disks=1,machine=1,networks=1,placement=1,resources=1,tags=1"
OTHER_TAGS = DIGEST.replace("tags=1", "tags=2")
TOO_SMALL = (Difference(Group.RESOURCES, "VMClass default/small spec.cpu", "1 CPU", "2"),)
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
PROVIDER = ObjectKey(ObjectKind.PROVIDER, "default", "lab")
MACHINE = MachineId("vm-1")
TASK = TaskRef("task-1")
DOWN = Unavailable("connection refused")
SPEC = MachineSpec(
    owner=Owner("default", "web", "uid-1"), name="web", hardware=Hardware(cpus=2, memory=MiB(4096)), boot=BootImage()
)
WANTED = Wanted(SPEC, DIGEST)
LACKING = Lacking((Missing(ObjectKey(ObjectKind.VM_CLASS, "default", "small")),))
UNSUITABLE = Unsuitable(("spec.placementRef is not supported; remove it",))
UNPROVIDED = Unprovided(("spec.powerState Suspended needs the capability 'suspend'",))


def state(power: PowerState = PowerState.ON, *, cpus: int = 2, pending_restart: bool = False) -> MachineState:
    return MachineState(
        id=MACHINE,
        name="web",
        owner=SPEC.owner,
        power=power,
        cpus=cpus,
        memory=MiB(4096),
        pending_restart=pending_restart,
    )


def machine_object(
    *,
    power: str = "On",
    finalized: bool = True,
    deleting: bool = False,
    protected: bool = False,
    spec: dict[str, Any] | None = None,
    **metadata: Any,
) -> VirtualMachine:
    document = vm(**{"powerState": power, "deletionProtection": protected, **(spec or {})})
    document["metadata"] |= {"uid": "uid-1", "generation": 1, **metadata}
    if finalized:
        document["metadata"]["finalizers"] = [FINALIZER_VIRTUAL_MACHINE]
    if deleting:
        document["metadata"]["deletionTimestamp"] = NOW.isoformat()
    return VirtualMachine.from_manifest(document)


def seen(**changes: Any) -> Observation:
    """A machine that is there and as it was described, but for the changes."""
    usual = Observation(
        vm=machine_object(),
        status=VirtualMachineStatus(id=MACHINE, provider={RECEIPT_SPEC: DIGEST}),
        now=NOW,
        provider=PROVIDER,
        machine=MACHINE,
        sight=Seen(state()),
        wish=WANTED,
    )
    return replace(usual, **changes)


ADOPTED: dict[str, Any] = {"labels": {"virtrigaud.io/adopted": "true"}}
FORCED: dict[str, Any] = {"annotations": {"virtrigaud.io/force-delete": "true"}}
GRACE = timedelta(seconds=60)
CREATE = Create(PROVIDER, SPEC, DIGEST)
CREATE_AND_START = Create(PROVIDER, replace(SPEC, starts=True), DIGEST)


def power(verb: PowerVerb, at: PowerState, wanted: str) -> Power:
    return Power(MACHINE, verb, GRACE, at, wanted)

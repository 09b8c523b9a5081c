"""What a step says about a VMNetworkAttachment: counts, where it is, and its conditions. Pure."""

from collections.abc import Iterator

from virtrigaud_api.v1beta1 import VMNetworkAttachmentStatus
from virtrigaud_api.v1beta1.condition_types import VMNetworkAttachmentCondition as Type
from virtrigaud_api.v1beta1.phases import VMNetworkAttachmentPhase as Phase
from virtrigaud_api.v1beta1.reasons import VMNetworkAttachmentReason as Reason
from virtrigaud_api.v1beta1.vm_network_attachment import ProviderNetworkStatus

from virtrigaud_manager.conditions import Fact, conditions_after, false, true
from virtrigaud_manager.kinds.in_use.actions import Action
from virtrigaud_manager.kinds.in_use.report import Report, deletion, report_of
from virtrigaud_manager.kinds.vm_network_attachment.observation import Observation, Use
from virtrigaud_manager.outcome import Failed


def report(o: Observation, action: Action, outcome: Failed | None) -> Report[VMNetworkAttachmentStatus]:
    """Say what is now true of a VMNetworkAttachment."""
    before, generation = o.network.status, o.network.metadata.generation
    faults = tuple(dict.fromkeys(fault for use in o.uses.values() for fault in use.faults))
    message = "; ".join(faults) or _where(o)
    status = before.model_copy(
        update={
            "ready": not faults,
            "phase": Phase.FAILED if faults else Phase.READY,
            "message": message,
            "connected_vms": len(o.users),
            "available_on": tuple(key.path for key, use in o.uses.items() if use.is_proven),
            "provider_status": {key.path: _on(o, key.path, use) for key, use in o.uses.items()},
            "observed_generation": generation,
            "conditions": conditions_after(
                before.conditions, tuple(_facts(o, faults, message, action)), now=o.now, generation=generation
            ),
        }
    )
    return report_of(status, action, outcome)


def _on(o: Observation, path: str, use: Use) -> ProviderNetworkStatus:
    """Say what is known of one provider; the time is that at which it became known."""
    message = "; ".join(use.faults) or ("machines are connected" if use.is_proven else "no machine is connected yet")
    before = o.network.status.provider_status.get(path)
    after = ProviderNetworkStatus(available=use.is_proven, id=use.native, message=message)
    same = before is not None and (before.available, before.id, before.message) == (
        after.available,
        after.id,
        after.message,
    )
    return after.model_copy(update={"last_updated": before.last_updated if same and before is not None else o.now})


def _facts(o: Observation, faults: tuple[str, ...], message: str, action: Action) -> Iterator[Fact]:
    if faults:
        yield false(Type.READY, Reason.VALIDATION_ERROR, message)
        yield false(Type.VALIDATED, Reason.VALIDATION_ERROR, message)
    else:
        yield true(Type.READY, Reason.VALID if o.uses else Reason.NOT_IN_USE, message)
        yield true(Type.VALIDATED, Reason.VALID, "every field can be honoured where it is used")
    yield from deletion(action, Type.DELETING, Reason.IN_USE)


def _where(o: Observation) -> str:
    proven = [str(key) for key, use in o.uses.items() if use.is_proven]
    return f"machines are connected to it on {', '.join(proven)}" if proven else "no machine is connected to it yet"

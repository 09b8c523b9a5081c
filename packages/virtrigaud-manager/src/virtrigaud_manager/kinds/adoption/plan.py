"""The one next thing to do about machines of nobody. Pure and total; the first rule that applies wins."""

from virtrigaud_api.contract import ProviderError

from virtrigaud_manager.kinds.adoption.actions import Action, Adopt, AwaitMachines, Leave, RefuseTerms, Tell
from virtrigaud_manager.kinds.adoption.census import Adoptable, Left, Taken
from virtrigaud_manager.kinds.adoption.observation import Observation
from virtrigaud_manager.kinds.adoption.terms import Mode


def plan(o: Observation) -> Action:
    """Decide the next action: one machine after the other, unless it is only a rehearsal."""
    if o.fault is not None:
        return RefuseTerms(o.fault)
    if o.mode is Mode.OFF:
        return Leave()
    if isinstance(o.machines, ProviderError):
        return AwaitMachines(o.machines)
    judged, failed = o.judged, {machine for machine, _ in o.failed}
    if o.mode is not Mode.DRY_RUN:
        for found in judged:
            if isinstance(found, Adoptable) and found.state.id not in failed:
                return _adopt(o, found)
    return Tell(
        would_be=sum(isinstance(found, Adoptable) for found in judged),
        taken=sum(isinstance(found, Taken) for found in judged),
        left=sum(isinstance(found, Left) for found in judged),
    )


def _adopt(o: Observation, found: Adoptable) -> Adopt:
    names = {known.metadata.name for known in o.around.classes}
    return Adopt(o.key, found, o.mode, makes_class=found.class_name not in names)

"""The one next thing to do for a VMImage. Pure and total; the first rule that applies wins."""

from collections.abc import Iterable, Iterator

from virtrigaud_api.v1beta1.vm_image_prepare import OnMissing

from virtrigaud_manager.kinds.object_actions import AddFinalizer, AwaitRemoval, HoldForUsers
from virtrigaud_manager.kinds.vm_image.actions import (
    Action,
    Announce,
    AwaitCopies,
    Cancel,
    DeleteCopy,
    NoteFailure,
    Prepare,
    RemoveFinalizer,
    Settle,
)
from virtrigaud_manager.kinds.vm_image.observation import (
    Copy,
    NoProvider,
    NoTask,
    NotKnown,
    NotThere,
    NotTold,
    Observation,
    TaskFailed,
    TaskRunning,
)


def plan(o: Observation) -> Action:
    """Decide the next action."""
    if o.deleting:
        return _deletion(o)
    needed = bool(o.users) or any(copy.is_wanted or copy.imported for copy in o.copies)
    if needed and not o.finalized:
        return AddFinalizer()
    if not needed and o.finalized:
        return RemoveFinalizer("nobody uses it and nothing was imported")
    return next(_deeds(o), None) or _rest(o)


def _deeds(o: Observation) -> Iterator[Action]:
    for copy in o.copies:
        action = _work(o, copy) or _bring(o, copy) or _tidy(o, copy)
        if action is not None:
            yield action


def _work(o: Observation, copy: Copy) -> Action | None:
    match copy.work:
        case TaskFailed(ref, error):
            return NoteFailure(copy.provider, ref, error)
        case TaskRunning(ref, _, cancelled) if o.is_late(copy) and not cancelled:
            return Cancel(copy.provider, ref, f"it takes longer than {o.prepare.timeout}")
        case _:
            return None


def _bring(o: Observation, copy: Copy) -> Action | None:
    """Import the image where it has to be imported and may be."""
    if not copy.is_wanted or not copy.is_fetched or copy.is_resting or copy.order is None:
        return None
    if copy.faults or copy.missing:
        return None
    is_absent = isinstance(copy.sight, NotThere) or (isinstance(copy.sight, NotTold) and not copy.record.available)
    waits = copy.until is not None and o.now < copy.until
    if not is_absent or waits or is_exhausted(o, copy) or not isinstance(copy.work, NoTask):
        return None
    if o.prepare.on_missing is not OnMissing.IMPORT:
        return None
    return Prepare(copy.provider, copy.order) if copy.is_announced else Announce(copy.provider, copy.order.name)


def _tidy(o: Observation, copy: Copy) -> Action | None:
    if not o.deletes or not copy.leftovers or copy.is_resting or not isinstance(copy.work, NoTask):
        return None
    return DeleteCopy(copy.provider, copy.leftovers[0])


def is_exhausted(o: Observation, copy: Copy) -> bool:
    """Tell whether the import was tried as often as it may be."""
    return bool(copy.record.final) or (copy.record.attempts or 0) > o.prepare.retries


def _rest(o: Observation) -> Action:
    wanted = [copy for copy in o.copies if copy.is_wanted]
    waits = tuple(f"{copy.provider}: {copy.record.message or 'not there yet'}" for copy in wanted if not copy.is_ready)
    return AwaitCopies(waits) if waits else Settle(tuple(copy.provider for copy in wanted))


def _deletion(o: Observation) -> Action:
    if not o.finalized:
        return AwaitRemoval()
    if o.users:
        return HoldForUsers(o.users)
    if o.forced:
        return RemoveFinalizer("forced", tuple(_left(o.copies)))
    for copy in o.copies:
        action = _end(o, copy)
        if action is not None:
            return action
    return RemoveFinalizer("nothing rests on it", tuple(_left(filter(is_out_of_reach, o.copies))) if o.deletes else ())


def _end(o: Observation, copy: Copy) -> Action | None:
    """End what is under way on a provider, then delete what was imported there."""
    match copy.work:
        case TaskRunning(ref, _, cancelled):
            why = "the image is deleted"
            return AwaitCopies((f"{copy.provider}: the task ends",)) if cancelled else Cancel(copy.provider, ref, why)
        case TaskFailed(ref, error):
            return NoteFailure(copy.provider, ref, error)
        case NoTask():
            pass
    if not o.deletes or not copy.imported or is_out_of_reach(copy):
        return None
    if copy.is_resting:
        return AwaitCopies((f"{copy.provider} is in maintenance",))
    if isinstance(copy.sight, NotKnown):
        return AwaitCopies((f"{copy.provider} has not said yet what it can do",))
    return DeleteCopy(copy.provider, copy.imported[0])


def is_out_of_reach(copy: Copy) -> bool:
    """Tell whether nobody can delete what was imported there."""
    return isinstance(copy.sight, NoProvider) or (not copy.can_delete and not isinstance(copy.sight, NotKnown))


def _left(copies: Iterable[Copy]) -> Iterator[str]:
    for copy in copies:
        for name in copy.imported:
            yield f"{name} on {copy.provider}"

"""The one next thing to do for an object that machines refer to. Pure and total.

The finalizer is there only while the object is in use: one that nobody uses can be deleted without a manager.
"""

from virtrigaud_manager.kinds.in_use.actions import Action, Settle
from virtrigaud_manager.kinds.in_use.observation import InUse
from virtrigaud_manager.kinds.object_actions import AddFinalizer, AwaitRemoval, HoldForUsers, RemoveFinalizer


def plan(o: InUse) -> Action:
    """Decide the next action."""
    if o.finalized and not o.users:
        return RemoveFinalizer("nobody uses it")
    if o.deleting:
        return HoldForUsers(o.users) if o.finalized else AwaitRemoval()
    return AddFinalizer() if o.users and not o.finalized else Settle(len(o.users))

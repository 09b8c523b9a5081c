"""Doing the action that was planned for a VirtualMachine: at most one write to the provider or the cluster."""

from typing import assert_never

from virtrigaud_api.contract import Submitted, Unavailable
from virtrigaud_api.v1beta1 import Provider, keys

from virtrigaud_manager.cluster.finalizers import add_finalizer, remove_finalizer
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.hooks.order import HookPoint
from virtrigaud_manager.hooks.runner import HookRunner
from virtrigaud_manager.kinds.action import Rest
from virtrigaud_manager.kinds.object_actions import AddFinalizer, RemoveFinalizer
from virtrigaud_manager.kinds.virtual_machine.actions import Action, Create, Delete, Power, Reconfigure, Record, Revert
from virtrigaud_manager.kinds.virtual_machine.hook_actions import NoteHook, StartHook
from virtrigaud_manager.kinds.virtual_machine.observation import Observation
from virtrigaud_manager.kinds.virtual_machine.receipts import recorded
from virtrigaud_manager.kinds.virtual_machine.report import report
from virtrigaud_manager.kinds.virtual_machine.rests import Settle
from virtrigaud_manager.providers.link import Link, Links
from virtrigaud_manager.providers.remote import RemoteProvider

NOTHING = Submitted()

_Verb = Create | Reconfigure | Power | Revert | Delete


async def act(store: Store, links: Links, hooks: HookRunner, o: Observation, action: Action) -> Submitted:
    """Do it, and return what the provider answered.

    Raises:
        ProviderError: The provider could not do it.
        ClusterError: The API server could not do it.
    """
    match action:
        case AddFinalizer():
            await add_finalizer(store, o.vm, keys.FINALIZER_VIRTUAL_MACHINE)
            return NOTHING
        case RemoveFinalizer():
            await remove_finalizer(store, o.vm, keys.FINALIZER_VIRTUAL_MACHINE)
            return NOTHING
        case Record():
            await store.write_status(o.vm, recorded(o, action))
            return NOTHING
        case StartHook() | NoteHook() | Settle():
            await _tend_hooks(store, links, hooks, o, action)
            return NOTHING
        case Create() | Reconfigure() | Power() | Revert() | Delete():
            return await _on_provider(await _link(store, links, o), action)
        case Rest():
            return NOTHING
        case _:
            assert_never(action)


async def _tend_hooks(
    store: Store, links: Links, hooks: HookRunner, o: Observation, action: StartHook | NoteHook | Settle
) -> None:
    key = ObjectKey(ObjectKind.VIRTUAL_MACHINE, o.owner.namespace, o.owner.name)
    match action:
        case StartHook(order):
            hooks.start(key, order, (await _link(store, links, o)).provider)
        case NoteHook(ended):
            if ended.point is HookPoint.PRE_STOP:
                # Before the stop: after it nothing would tell how the hook ended.
                await store.write_status(o.vm, report(o, action, NOTHING).status)
            hooks.taken_note_of(key, ended.point)
        case Settle():
            # Before a stop that nobody wants any more; the next one has a hook of its own.
            hooks.taken_note_of(key, HookPoint.PRE_STOP)


async def _link(store: Store, links: Links, o: Observation) -> Link:
    provider = store.find(Provider, o.provider.namespace, o.provider.name)
    if provider is None:
        raise Unavailable(f"{o.provider} does not exist")
    return await links.link(provider)


async def _on_provider(link: Link, action: _Verb) -> Submitted:
    """Call the provider; whatever it answers, what was seen of the machine before holds no more."""
    since = link.machines.clock
    try:
        submitted = await _submit(link.provider, action)
    except BaseException:
        if not isinstance(action, Create):
            link.machines.touch(action.machine)
        raise
    machine = submitted.machine if isinstance(action, Create) else action.machine
    if machine is not None:
        link.machines.told(machine, submitted.state, since)
    return submitted


async def _submit(provider: RemoteProvider, action: _Verb) -> Submitted:
    match action:
        case Create(spec=spec):
            return await provider.create(spec)
        case Reconfigure(machine, spec):
            return await provider.reconfigure(machine, spec)
        case Power(machine, verb, grace):
            return await provider.power(machine, verb, grace)
        case Revert(machine, snapshot):
            return await provider.revert_to_snapshot(machine, snapshot)
        case Delete(machine):
            return await provider.delete(machine)

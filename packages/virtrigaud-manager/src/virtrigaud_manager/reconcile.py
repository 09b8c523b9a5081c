"""One pass over one object: observe, plan, act, report, publish. The only loop that there is.

A step that is done at once is followed by the next in the same pass, and the status is written once at
its end. `run` is what the work queue calls: the one place where an unforeseen error is caught, the one
log line and the one metric of a pass.
"""

import time
from collections.abc import Awaitable, Callable
from typing import ClassVar, Protocol, TypeVar

import structlog
from virtrigaud_api.contract import ProviderError

from virtrigaud_manager import metrics, tracing
from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.cluster.store import ClusterError, StaleError
from virtrigaud_manager.look_again import AT_ONCE, FAILED_PASS, NEVER, AtOnce, BackOff, LookAgain
from virtrigaud_manager.outcome import Failed

STEPS_IN_A_PASS = 12
"""More steps than any object needs; a plan that wants more goes round in circles."""

log = structlog.get_logger("reconcile")


class Action(Protocol):
    """The one next thing to do."""

    @property
    def sentence(self) -> str:
        """Say what is done, for logs, Events and stories."""
        ...

    changes: ClassVar[bool]
    """Whether it changes anything, or only waits."""


class Report(Protocol):
    """What a step says to the world."""

    @property
    def look_again(self) -> LookAgain:
        """Tell when the object is to be seen again."""
        ...

    @property
    def error(self) -> str | None:
        """Tell what went wrong, for the log."""
        ...


O = TypeVar("O")  # noqa: E741 - observation
A = TypeVar("A", bound=Action)
R = TypeVar("R")
P = TypeVar("P", bound=Report)


class Kind(Protocol[O, A, R, P]):
    """How objects of one kind are reconciled."""

    @property
    def name(self) -> str:
        """Name the kind, for logs and metrics."""
        ...

    async def observe(self, key: ObjectKey) -> O | None:
        """Read everything that matters. Failing to see is itself observed; None: the object is gone."""
        ...

    def plan(self, observation: O) -> A:
        """Decide the one next thing to do. Pure and total."""
        ...

    async def act(self, observation: O, action: A) -> R:
        """Do it: at most one write to the provider or the cluster."""
        ...

    def report(self, observation: O, action: A, outcome: R | Failed) -> P:
        """Say what is now true. Pure."""
        ...

    async def note(self, key: ObjectKey, observation: O, report: P) -> None:
        """Remember the report, and pass its Event on."""
        ...

    async def publish(self, key: ObjectKey) -> None:
        """Write the status that was noted last, where it differs."""
        ...


async def run(kind: Kind[O, A, R, P], key: ObjectKey) -> LookAgain:
    """Make one pass; whatever goes wrong in it is logged, counted and tried again."""
    started = time.perf_counter()
    with tracing.pass_span(kind.name, key) as span:
        look_again, outcome = await _pass(kind, key)
        tracing.ended(span, outcome, failed=outcome is metrics.Outcome.ERROR)
    metrics.reconciled(kind.name, outcome, time.perf_counter() - started)
    return look_again


async def _pass(kind: Kind[O, A, R, P], key: ObjectKey) -> tuple[LookAgain, metrics.Outcome]:
    outcome = metrics.Outcome.SUCCESS
    try:
        look_again = await reconcile(kind, key)
        if isinstance(look_again, BackOff):
            outcome = metrics.Outcome.REQUEUE
    except StaleError as error:
        outcome, look_again = metrics.Outcome.REQUEUE, FAILED_PASS
        log.debug("the object changed meanwhile", kind=kind.name, object=key.path, error=str(error))
    except ClusterError as error:
        outcome, look_again = metrics.Outcome.ERROR, FAILED_PASS
        metrics.failed(type(error).__name__)
        log.warning("the pass failed", kind=kind.name, object=key.path, error=str(error))
    except Exception:  # The one place: a defect in one object must not stop the others.
        outcome, look_again = metrics.Outcome.ERROR, FAILED_PASS
        metrics.failed("Defect")
        log.exception("the pass failed by a defect", kind=kind.name, object=key.path)
    return look_again, outcome


async def reconcile(kind: Kind[O, A, R, P], key: ObjectKey) -> LookAgain:
    """Take step after step until one has to wait, then publish."""
    said: list[str] = []
    changed = False
    look_again: LookAgain = NEVER
    error: str | None = None
    before: A | None = None
    for _ in range(STEPS_IN_A_PASS):
        observation = await kind.observe(key)
        if observation is None:
            look_again = NEVER
            break
        action = kind.plan(observation)
        outcome = await attempt(lambda: kind.act(observation, action))  # noqa: B023 - awaited here
        report = kind.report(observation, action, outcome)
        await kind.note(key, observation, report)
        look_again, error = report.look_again, report.error
        said.append(action.sentence)
        changed = changed or action.changes
        if not isinstance(look_again, AtOnce):
            break
        if action == before:
            look_again = FAILED_PASS
            break
        before = action
    await kind.publish(key)
    _tell(kind.name, key, said, error=error, changed=changed)
    return look_again if look_again is not AT_ONCE else FAILED_PASS


async def attempt(act: Callable[[], Awaitable[R]]) -> R | Failed:
    """Act, and make what the provider could not do a value."""
    try:
        return await act()
    except ProviderError as error:
        metrics.failed(type(error).__name__)
        return Failed(error)


def _tell(kind: str, key: ObjectKey, said: list[str], *, error: str | None, changed: bool) -> None:
    """Log a pass in one line; one that only looked is for those who look closely."""
    if error is not None:
        log.warning("; ".join(said), kind=kind, object=key.path, error=error)
    elif changed:
        log.info("; ".join(said), kind=kind, object=key.path)
    elif said:
        log.debug("; ".join(said), kind=kind, object=key.path)

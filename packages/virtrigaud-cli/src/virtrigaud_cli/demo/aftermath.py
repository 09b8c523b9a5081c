"""What the demo prints when it fails: the objects, their conditions, the last words of every part, what to do."""

from virtrigaud_cli.demo.narrator import Narrator
from virtrigaud_cli.demo.story import MACHINE, NAMESPACE
from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.kube.blocking import BlockingApi
from virtrigaud_cli.kube.resources import PROVIDER, VIRTUAL_MACHINE, Resource
from virtrigaud_cli.local.local_state import LocalState
from virtrigaud_cli.local.starting import last_lines
from virtrigaud_cli.reading.describe import describe


def explain(failure: CommandFailed, api: BlockingApi | None, provider: str, state: LocalState, told: Narrator) -> None:
    """Print everything that helps to see why."""
    told.heading(f"The demo failed: {failure.message}")
    if api is not None:
        _describe(api, PROVIDER, provider, told)
        _describe(api, VIRTUAL_MACHINE, MACHINE, told)
    for log in sorted(state.logs.glob("*.log")):
        lines = last_lines(log)
        if lines:
            told.heading(f"Last lines of {log}")
            told.output("\n".join(lines))
    told.heading("What to do")
    told.output(failure.advice or f"The whole logs stay in {state.logs}; look for the first error, not the last.")


def _describe(api: BlockingApi, resource: Resource, name: str, told: Narrator) -> None:
    told.console.print()
    try:
        describe(api, resource, NAMESPACE, name, told.console)
    except CommandFailed as absent:
        told.remark(absent.message)

"""What `vrtg up`, `down` and `status` print. Called by the application."""

import asyncio
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.live import Live

from virtrigaud_cli import process_log
from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.local.local_state import DEFAULT_STATE, LocalState
from virtrigaud_cli.local.readiness import PartReport, part_reports
from virtrigaud_cli.local.starting import is_up, start_system, stop_system
from virtrigaud_cli.local.system import run_system
from virtrigaud_cli.reading.documents import yaml_text
from virtrigaud_cli.reading.output_form import OutputForm
from virtrigaud_cli.reading.printing import show, table_of
from virtrigaud_cli.terminal import terminal

HEADINGS = ("Part", "State", "Process", "Restarts", "Log")


def up(state: LocalState, *, foreground: bool) -> None:
    """Start the system; in the foreground it ends with this command."""
    if foreground:
        _run_here(state)
        return
    console = terminal()
    if console.is_terminal:
        with Live(console=console, auto_refresh=False, transient=True) as live:
            started = start_system(
                state, lambda reports: live.update(table_of(HEADINGS, _lines(reports)), refresh=True)
            )
    else:
        started = start_system(state, lambda _: None)
    if started.was_up_already:
        console.print("the local system is up already")
    else:
        console.print(f"the local system is up ({started.seconds:.1f} s)")
    _say_how_to_use(console, state)


def down(state: LocalState) -> None:
    """Stop the system."""
    stopped = stop_system(state)
    terminal().print("the local system is down" if stopped else "the local system was not up")


def status(state: LocalState, form: OutputForm) -> bool:
    """Print what runs; says whether the system is up."""
    console = terminal()
    reports = list(part_reports(state)) if (state.folder / "ports.json").exists() else []
    if form in {OutputForm.JSON, OutputForm.YAML}:
        documents = {"up": is_up(state), "kubeconfig": str(state.kubeconfig), "parts": [_document(r) for r in reports]}
        text = yaml_text(documents) if form is OutputForm.YAML else json.dumps(documents, indent=2)
        console.print(text, markup=False, highlight=False, soft_wrap=True)
    elif reports:
        show(console, HEADINGS, _lines(tuple(reports)))
    if not is_up(state) and form is OutputForm.TABLE:
        console.print(f"the local system in {_short(state.folder)} is not up; vrtg up starts it")
    return is_up(state)


def _run_here(state: LocalState) -> None:
    if is_up(state):
        raise CommandFailed("the local system is up already", advice="vrtg down stops it")
    state.create()
    process_log.configure()
    asyncio.run(run_system(state))


def _say_how_to_use(console: Console, state: LocalState) -> None:
    kubectl = Path(sys.executable).parent / "kubectl"
    command = _short(kubectl) if kubectl.is_file() else "kubectl"
    option = "" if state.folder == DEFAULT_STATE.resolve() else f" --state {_short(state.folder)}"
    console.print(
        f"\n  export KUBECONFIG={_short(state.kubeconfig)}\n"
        f"  {command} get virtualmachines -A\n\n"
        f"vrtg status{option} says what runs, vrtg down{option} stops it",
        soft_wrap=True,
    )


def _short(path: Path) -> str:
    """The path from here when it is below, for commands that a person can copy."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _lines(reports: tuple[PartReport, ...]) -> list[tuple[str, ...]]:
    return [
        (
            report.name,
            report.condition.value,
            str(report.pid or ""),
            str(report.restarts),
            _short(report.log),
        )
        for report in reports
    ]


def _document(report: PartReport) -> dict[str, object]:
    return {
        "name": report.name,
        "state": report.condition.value,
        "pid": report.pid,
        "restarts": report.restarts,
        "log": str(report.log),
    }

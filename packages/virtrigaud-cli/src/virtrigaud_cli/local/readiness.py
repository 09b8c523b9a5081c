"""Whether the parts of a local system run and answer; asked by `up` and `status`."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from pathlib import Path
from typing import Final

from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.kube.blocking import BlockingApi
from virtrigaud_cli.kube.connection import read_connection
from virtrigaud_cli.local.local_state import LocalState
from virtrigaud_cli.local.parts import API_SERVER, Part, api_server_part, manager_part, pod_runner_part
from virtrigaud_cli.processes.process_record import ProcessRecord

ANSWER_DEADLINE_SECONDS: Final = 2


class PartCondition(Enum):
    """How a part is."""

    READY = "ready"
    STARTING = "starting"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class PartReport:
    """One part as it is now."""

    name: str
    condition: PartCondition
    pid: int | None
    restarts: int
    log: Path


def part_reports(state: LocalState) -> Iterator[PartReport]:
    """Look at every part."""
    for part in (api_server_part(state), manager_part(state), pod_runner_part(state)):
        yield _report(state, part)


def _report(state: LocalState, part: Part) -> PartReport:
    name = part.program.name
    record = ProcessRecord.read(state.record(name))
    restarts = record.restarts if record else 0
    if record is None or not record.is_alive:
        return PartReport(name, PartCondition.STOPPED, None, restarts, part.program.log)
    ready = _api_is_ready(state) if name == API_SERVER else _answers(part.ready_url)
    condition = PartCondition.READY if ready else PartCondition.STARTING
    return PartReport(name, condition, record.pid, restarts, part.program.log)


def _api_is_ready(state: LocalState) -> bool:
    try:
        return BlockingApi(read_connection(state.kubeconfig), ANSWER_DEADLINE_SECONDS).is_ready()
    except CommandFailed:
        return False


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=ANSWER_DEADLINE_SECONDS) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except (urllib.error.URLError, OSError):
        return False

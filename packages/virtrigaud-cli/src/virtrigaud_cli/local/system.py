"""The local system as one supervised whole: API server first, then the kinds, then manager and pod runner.

Run by `__main__` in a process of its own, or by `vrtg up --foreground`.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.kube.blocking import BlockingApi
from virtrigaud_cli.kube.connection import read_connection
from virtrigaud_cli.local.local_state import SUPERVISOR, LocalState
from virtrigaud_cli.local.parts import api_server_part, manager_part, pod_runner_part
from virtrigaud_cli.local.system_crds import apply_crds
from virtrigaud_cli.processes.process_record import ProcessRecord
from virtrigaud_cli.processes.supervisor import Supervisor

logger = logging.getLogger(__name__)

READY_POLL_SECONDS: Final = 0.03
ABANDONED_CHECK_SECONDS: Final = 1.0


async def run_system(state: LocalState) -> None:
    """Run the system until SIGTERM or SIGINT, then stop all of it."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    supervisor = Supervisor(state.records)
    with _remembered(state):
        beginning = asyncio.create_task(_begin(state, supervisor, stopping))
        watching = asyncio.create_task(_until_abandoned(state, stopping))
        await stopping.wait()
        watching.cancel()
        beginning.cancel()
        outcomes = await asyncio.gather(beginning, watching, return_exceptions=True)
        await supervisor.stop()
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome


async def _until_abandoned(state: LocalState, stopping: asyncio.Event) -> None:
    """Stop when the folder was removed or belongs to another supervisor: nobody could ever stop us otherwise."""
    while True:
        await asyncio.sleep(ABANDONED_CHECK_SECONDS)
        record = ProcessRecord.read(state.record(SUPERVISOR))
        if record is None or record.pid != os.getpid():
            logger.warning("%s is not ours any more; stopping", state.folder)
            stopping.set()


async def _begin(state: LocalState, supervisor: Supervisor, stopping: asyncio.Event) -> None:
    try:
        await supervisor.start(api_server_part(state).program)
        api = await _ready_api(state)
        names = await asyncio.to_thread(lambda: list(apply_crds(api)))
        logger.info("%d kinds are in place", len(names))
        await supervisor.start(manager_part(state).program)
        await supervisor.start(pod_runner_part(state).program)
    except BaseException:
        stopping.set()
        raise


async def _ready_api(state: LocalState) -> BlockingApi:
    """Wait for the API server; it writes the kubeconfig before it answers."""
    while True:
        if state.kubeconfig.exists():
            try:
                api = BlockingApi(read_connection(state.kubeconfig))
            except CommandFailed:
                api = None
            if api is not None and await asyncio.to_thread(api.is_ready):
                return api
        await asyncio.sleep(READY_POLL_SECONDS)


@contextmanager
def _remembered(state: LocalState) -> Iterator[None]:
    record = state.record(SUPERVISOR)
    ProcessRecord.of(SUPERVISOR, os.getpid()).write(record)
    try:
        yield
    finally:
        record.unlink(missing_ok=True)

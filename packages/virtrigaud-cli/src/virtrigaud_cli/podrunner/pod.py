"""The life of one pod: prepared, started, probed, started again with backoff when it ends, stopped within its grace.

Made by `deployment_runner`, which is told of every change of state. What to run comes from the Deployment,
what it reads from the cluster view; nothing is written to the API here.
"""

import asyncio
import contextlib
import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import aiohttp

from virtrigaud_cli.podrunner.cluster_view import ClusterView, NotYet
from virtrigaud_cli.podrunner.environment import container_arguments, container_environment, process_environment
from virtrigaud_cli.podrunner.pod_state import Ended, PodState, Running, Waiting
from virtrigaud_cli.podrunner.pod_template import PodIdentity, ProviderDeployment
from virtrigaud_cli.podrunner.probing import follow_readiness, wait_until_dead
from virtrigaud_cli.podrunner.provider_programs import REASON_NOT_INSTALLED, provider_program
from virtrigaud_cli.podrunner.runner_folders import RunnerFolders
from virtrigaud_cli.podrunner.volumes import mount_volumes
from virtrigaud_cli.processes.backoff import Backoff
from virtrigaud_cli.processes.child_process import ChildProcess
from virtrigaud_cli.processes.program import Program

logger = logging.getLogger(__name__)

RESTART_BACKOFF: Final = Backoff(first_seconds=0.1, longest_seconds=10, forgiven_after_seconds=10)
# Packages are installed while the pod waits, and nothing tells us when.
INSTALLATION_CHECK_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class PodSurroundings:
    """What every pod of this runner shares."""

    view: ClusterView
    folders: RunnerFolders
    session: aiohttp.ClientSession


class Pod:
    """One pod: its state, and the task that moves it."""

    def __init__(
        self,
        deployment: ProviderDeployment,
        name: str,
        uid: str,
        surroundings: PodSurroundings,
        changed: Callable[[], None],
    ) -> None:
        self.name = name
        self.uid = uid
        self.state = PodState(Waiting("ContainerCreating", "being prepared"), since=datetime.now(UTC))
        self._deployment = deployment
        self._surroundings = surroundings
        self._changed = changed
        self._look_again = asyncio.Event()
        self._child: ChildProcess | None = None
        self._task = asyncio.create_task(self._live())

    @property
    def _root(self) -> Path:
        return self._surroundings.folders.pod_root(self.uid)

    def inputs_changed(self) -> None:
        """A Secret, ConfigMap or Service may have changed: refresh the files, and try again if waiting for it."""
        self._look_again.set()

    async def stop(self) -> None:
        """End the process within the grace of the pod and remove its files."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        if self._child is not None:
            await self._child.stop(grace_seconds=self._deployment.grace_seconds)
        await asyncio.to_thread(shutil.rmtree, self._surroundings.folders.pod(self.uid), ignore_errors=True)

    async def _live(self) -> None:
        backoff = RESTART_BACKOFF
        while True:
            program = await self._prepared()
            begun, began_at = time.monotonic(), datetime.now(UTC)
            code = await self._run(program)
            backoff = backoff.after_run_of(time.monotonic() - begun)
            await self._back_off(backoff, Ended(code, began_at, datetime.now(UTC)))

    async def _prepared(self) -> Program:
        while True:
            self._look_again.clear()
            try:
                return self._prepare()
            except NotYet as reason:
                self._tell(replace(self.state, process=Waiting(reason.reason, reason.message)))
                patience = INSTALLATION_CHECK_SECONDS if reason.reason == REASON_NOT_INSTALLED else None
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._look_again.wait(), patience)

    def _prepare(self) -> Program:
        deployment, view = self._deployment, self._surroundings.view
        script = provider_program(deployment.provider_type)
        address = view.service_address(deployment.namespace, deployment.name)
        self.state = replace(self.state, address=address)
        identity = PodIdentity(
            deployment.namespace, self.name, self.uid, address, deployment.labels, deployment.annotations
        )
        environment = container_environment(deployment.container, identity, view)
        mount_volumes(deployment, view, self._root, self._surroundings.folders.claims)
        return Program(
            name=self.name,
            arguments=(str(script), *container_arguments(deployment.container, environment.public)),
            log=self._surroundings.folders.log(deployment),
            environment=process_environment(environment.variables, address=address, mount_root=self._root),
            folder=self._root,
        )

    async def _run(self, program: Program) -> int:
        try:
            self._child = await ChildProcess.start(program, self._surroundings.folders.record(self.uid))
        except OSError as error:
            logger.warning("pod %s can't start: %s", self.name, error)
            return 126
        logger.info("pod %s/%s runs as process %d", self._deployment.namespace, self.name, self._child.pid)
        self._tell(replace(self.state, process=Running(datetime.now(UTC))))
        watchers = self._watchers(self._child)
        try:
            return await self._child.wait()
        finally:
            for watcher in watchers:
                watcher.cancel()
            await asyncio.gather(*watchers, return_exceptions=True)

    def _watchers(self, child: ChildProcess) -> list[asyncio.Task[None]]:
        container, session = self._deployment.container, self._surroundings.session
        watchers = [asyncio.create_task(self._refresh_files())]
        if container.readiness is None:
            self._ready_changed(True)  # noqa: FBT003 - the callback's shape
        else:
            readiness = follow_readiness(container.readiness, self.state.address, session, self._ready_changed)
            watchers.append(asyncio.create_task(readiness))
        if container.liveness is not None:
            watchers.append(asyncio.create_task(self._kill_when_dead(child)))
        return watchers

    async def _refresh_files(self) -> None:
        while True:
            await self._look_again.wait()
            self._look_again.clear()
            try:
                mount_volumes(self._deployment, self._surroundings.view, self._root, self._surroundings.folders.claims)
            except NotYet as reason:
                # As on a node, a running pod keeps the files that it has.
                logger.warning("pod %s keeps its files: %s", self.name, reason.message)

    async def _kill_when_dead(self, child: ChildProcess) -> None:
        container = self._deployment.container
        if container.liveness is not None:
            await wait_until_dead(container.liveness, self.state.address, self._surroundings.session)
            logger.warning("pod %s fails its liveness probe and is started again", self.name)
            await child.stop(grace_seconds=self._deployment.grace_seconds)

    def _ready_changed(self, ready: bool) -> None:  # noqa: FBT001 - told by a probe, never called by a person
        if isinstance(self.state.process, Running):
            self._tell(replace(self.state, process=replace(self.state.process, ready=ready)))

    async def _back_off(self, backoff: Backoff, ended: Ended) -> None:
        self._child = None
        how = f"signal {-ended.code}" if ended.code < 0 else f"exit code {ended.code}"
        log = self._surroundings.folders.log(self._deployment)
        message = f"ended with {how}; starts again in {backoff.pause_seconds:.1f} s (log: {log})"
        logger.warning("pod %s/%s %s", self._deployment.namespace, self.name, message)
        reason = "CrashLoopBackOff" if backoff.failures > 1 else "ContainerRestarting"
        restarts = self.state.restarts + 1
        self._tell(replace(self.state, process=Waiting(reason, message), restarts=restarts, last_end=ended))
        self._look_again.clear()
        # New credentials may be all that was missing, so a change of the inputs ends the pause.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._look_again.wait(), backoff.pause_seconds)

    def _tell(self, state: PodState) -> None:
        if state != self.state:
            self.state = state
            self._changed()

"""Follows the provider Deployments of an API server and everything their pods read; one DeploymentRunner for each.

Run by `__main__` for as long as the local system is up. No pod outlives it: pods are stopped at the end, and
what a killed predecessor left is stopped at the beginning.
"""

import asyncio
import logging
import shutil
from typing import Final

import aiohttp
from virtrigaud_api.v1beta1 import keys

from virtrigaud_cli.kube.reflector import Key, Reflector
from virtrigaud_cli.kube.resources import CONFIG_MAP, DEPLOYMENT, POD, SECRET, SERVICE, Resource
from virtrigaud_cli.kube.streaming import StreamingApi
from virtrigaud_cli.podrunner.cluster_view import ClusterView
from virtrigaud_cli.podrunner.deployment_runner import DeploymentRunner
from virtrigaud_cli.podrunner.pod import PodSurroundings
from virtrigaud_cli.podrunner.runner_folders import RunnerFolders
from virtrigaud_cli.processes.process_record import stop_recorded

logger = logging.getLogger(__name__)

PROVIDER_SELECTOR: Final = f"{keys.LABEL_APP_NAME}={keys.APP_NAME_PROVIDER}"
LEFTOVER_GRACE_SECONDS: Final = 5.0


class PodRunner:
    """The kubelet of a local system."""

    def __init__(self, api: StreamingApi, folders: RunnerFolders, session: aiohttp.ClientSession) -> None:
        self._api = api
        self._folders = folders
        self._deployments = Reflector(api, DEPLOYMENT, self._deployment_changed, label_selector=PROVIDER_SELECTOR)
        self._pods = Reflector(api, POD, self._pod_changed, label_selector=PROVIDER_SELECTOR)
        self._inputs = tuple(Reflector(api, kind, self._input_changed) for kind in (SECRET, CONFIG_MAP, SERVICE))
        view = ClusterView(*(reflector.objects for reflector in self._inputs))
        self._surroundings = PodSurroundings(view, folders, session)
        self._runners: dict[Key, tuple[DeploymentRunner, asyncio.Task[None]]] = {}
        self._started = False

    @property
    def is_ready(self) -> bool:
        """Whether the runner has seen everything once and follows it."""
        return self._started

    async def run(self, until: asyncio.Event) -> None:
        """Run pods until the event is set, then stop them all."""
        await asyncio.to_thread(self._stop_leftovers)
        reflectors = (*self._inputs, self._pods, self._deployments)
        tasks = [asyncio.create_task(reflector.run()) for reflector in reflectors]
        beginning = asyncio.create_task(self._begin())
        await until.wait()
        for task in (beginning, *tasks):
            task.cancel()
        await asyncio.gather(beginning, *tasks, return_exceptions=True)
        await self._stop_all()

    async def _begin(self) -> None:
        for reflector in (*self._inputs, self._pods, self._deployments):
            await reflector.filled.wait()
        for namespace, name in list(self._pods.objects):
            await self._api.delete(POD, namespace, name)
        self._started = True
        for key in list(self._deployments.objects):
            self._wake(key)

    async def _stop_all(self) -> None:
        runners = list(self._runners.values())
        for _, task in runners:
            task.cancel()
        await asyncio.gather(*(task for _, task in runners), return_exceptions=True)
        await asyncio.gather(*(runner.stop() for runner, _ in runners))

    def _stop_leftovers(self) -> None:
        for pod in sorted(self._folders.pods.glob("*")):
            left = stop_recorded(self._folders.record(pod.name), grace_seconds=LEFTOVER_GRACE_SECONDS)
            if left is not None:
                logger.warning("stopped process %d, which an earlier runner left behind", left.pid)
            shutil.rmtree(pod, ignore_errors=True)

    def _wake(self, key: Key) -> None:
        present = self._runners.get(key)
        if present is not None and not present[1].done():
            present[0].wake()
        elif key in self._deployments.objects:
            runner = DeploymentRunner(key, self._api, self._deployments.objects, self._pods.objects, self._surroundings)
            self._runners[key] = (runner, asyncio.create_task(runner.run()))
        else:
            self._runners.pop(key, None)

    def _deployment_changed(self, _: Resource, key: Key) -> None:
        if self._started:
            self._wake(key)

    def _pod_changed(self, _: Resource, key: Key) -> None:
        if self._started:
            for (namespace, _name), (runner, _task) in self._runners.items():
                if namespace == key[0]:
                    runner.pod_changed(key[1])

    def _input_changed(self, _: Resource, key: Key) -> None:
        logger.debug("input %s/%s changed", *key)
        for runner, _task in self._runners.values():
            runner.inputs_changed()

"""One provider Deployment: has a pod of its present template run, replaces it on a change, reports its status.

Made by `runner`, one for each Deployment, and woken by it. The one writer of the Deployment's status and of
its Pod objects. Several replicas would need several addresses, so locally one runs.
"""

import asyncio
import logging
import secrets
from collections.abc import Mapping
from typing import Any, Final

import aiohttp

from virtrigaud_cli.kube.api_refusal import ApiRefusal
from virtrigaud_cli.kube.reflector import Key
from virtrigaud_cli.kube.resources import DEPLOYMENT, POD
from virtrigaud_cli.kube.streaming import StreamingApi
from virtrigaud_cli.podrunner.deployment_reading import read_deployment
from virtrigaud_cli.podrunner.pod import Pod, PodSurroundings
from virtrigaud_cli.podrunner.pod_template import ProviderDeployment
from virtrigaud_cli.podrunner.status_documents import (
    Document,
    deployment_status,
    pod_document,
    pod_status,
    refused_deployment_status,
)

logger = logging.getLogger(__name__)

WRITE_PAUSE_SECONDS: Final = 0.5


class DeploymentRunner:
    """Keeps one Deployment as it is wanted."""

    def __init__(
        self,
        key: Key,
        api: StreamingApi,
        deployments: Mapping[Key, Mapping[str, Any]],
        pods: Mapping[Key, Mapping[str, Any]],
        surroundings: PodSurroundings,
    ) -> None:
        self._key = key
        self._api = api
        self._deployments = deployments
        self._pods = pods
        self._surroundings = surroundings
        self._pod: Pod | None = None
        self._revision = ("", "")
        self._pod_lost = False
        self._written: dict[str, Document] = {}
        self._due = asyncio.Event()
        self._due.set()

    def wake(self) -> None:
        """Something about the Deployment or its pod changed."""
        self._due.set()

    def pod_changed(self, name: str) -> None:
        """A Pod object changed; when ours was deleted, a fresh pod is asked for."""
        if self._pod is None or self._pod.name != name:
            return
        seen = self._pods.get((self._key[0], name))
        if seen is None or seen["metadata"].get("deletionTimestamp"):
            self._pod_lost = True
            self._due.set()

    def inputs_changed(self) -> None:
        """A Secret, ConfigMap or Service changed."""
        if self._pod is not None:
            self._pod.inputs_changed()

    async def run(self) -> None:
        """Follow the Deployment until it is gone; an API server that is away is waited for."""
        while True:
            await self._due.wait()
            self._due.clear()
            try:
                # One of the same name may have been made while the pod of the former one was stopping.
                if not await self._step() and not self._due.is_set():
                    return
            except (ApiRefusal, aiohttp.ClientError, TimeoutError, OSError) as error:
                logger.warning("Deployment %s/%s: %s; trying again", *self._key, error)
                await asyncio.sleep(WRITE_PAUSE_SECONDS)
                self._due.set()

    async def stop(self) -> None:
        """Stop the pod; its object stays, and says so when the runner comes back."""
        if self._pod is not None:
            await self._pod.stop()
            self._pod = None

    async def _step(self) -> bool:
        """Bring pod and status in line with the Deployment; False when it is gone."""
        document = self._deployments.get(self._key)
        if document is None or document["metadata"].get("deletionTimestamp"):
            await self._end_pod()
            return document is not None
        try:
            deployment = read_deployment(document)
        except (ValueError, KeyError) as error:
            await self._end_pod()
            await self._publish_status(refused_deployment_status(document, str(error)))
            return True
        await self._converge(deployment, document["spec"]["template"])
        await self._publish(deployment, document)
        return True

    async def _converge(self, deployment: ProviderDeployment, template: Mapping[str, Any]) -> None:
        wanted = deployment.replicas > 0
        revision = (deployment.uid, deployment.template_digest)
        if not wanted or self._pod_lost or self._revision != revision:
            await self._end_pod()
        if wanted and self._pod is None:
            self._pod = await self._new_pod(deployment, template)
            self._revision = revision

    async def _new_pod(self, deployment: ProviderDeployment, template: Mapping[str, Any]) -> Pod:
        name = f"{deployment.name}-{deployment.template_digest}-{secrets.token_hex(3)[:5]}"
        log = str(self._surroundings.folders.log(deployment))
        created = await self._api.create(POD, pod_document(deployment, template, name, log))
        return Pod(deployment, name, str(created["metadata"]["uid"]), self._surroundings, self.wake)

    async def _end_pod(self) -> None:
        if self._pod is None:
            return
        pod = self._pod
        await pod.stop()
        self._pod, self._pod_lost = None, False
        self._written.clear()
        await self._api.delete(POD, self._key[0], pod.name, uid=pod.uid)

    async def _publish(self, deployment: ProviderDeployment, document: Mapping[str, Any]) -> None:
        states = [self._pod.state] if self._pod is not None else []
        known = self._written.get("") or document.get("status") or {}
        if self._pod is not None:
            await self._publish_pod(deployment, self._pod)
        await self._publish_status(deployment_status(deployment, states, known.get("conditions") or ()))

    async def _publish_pod(self, deployment: ProviderDeployment, pod: Pod) -> None:
        status = pod_status(deployment, pod.state)
        if self._written.get(pod.name) == status:
            return
        try:
            await self._api.patch(POD, self._key[0], pod.name, {"status": status}, part="status")
        except ApiRefusal as refusal:
            if not refusal.is_absent:
                raise
            self._pod_lost = True
            self._due.set()
            return
        self._written[pod.name] = status

    async def _publish_status(self, status: Document) -> None:
        if self._written.get("") == status:
            return
        try:
            await self._api.patch(DEPLOYMENT, *self._key, {"status": status}, part="status")
        except ApiRefusal as refusal:
            if not refusal.is_absent:
                raise
            return
        self._written[""] = status

"""Admission webhooks: asks the servers that webhook configurations name, and does what they answer.

A webhook that refers to a Service is reached at the Service's cluster IP and verified by the Service's DNS name.
"""

import base64
import binascii
import ssl
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import aiohttp
import orjson

from virtrigaud_localkube.admission.matching import Scope
from virtrigaud_localkube.admission.request import AdmissionRequest
from virtrigaud_localkube.api_error import ApiError, internal
from virtrigaud_localkube.document import Document, copied
from virtrigaud_localkube.patch.json_patch import apply_json_patch
from virtrigaud_localkube.registry.builtin import SERVICES
from virtrigaud_localkube.schema import expressions
from virtrigaud_localkube.storage.store import Store
from virtrigaud_localkube.storage.stored import Key, Stored

_BUNDLES: Final = 32
_ANSWER_LIMIT: Final = 3 * 1024 * 1024
_CONDITION_VARIABLES: Final = ("object", "oldObject", "request")


@dataclass(frozen=True, slots=True)
class Webhook:
    """One webhook of a configuration."""

    name: str
    client: Mapping[str, Any]
    scope: Scope
    conditions: tuple[str, ...]
    is_required: bool
    is_asked_again: bool
    seconds: int

    @classmethod
    def parse_all(cls, configuration: Stored) -> "tuple[Webhook, ...]":
        """The webhooks of a configuration object."""
        return tuple(
            cls(
                name=webhook["name"],
                client=webhook["clientConfig"],
                scope=Scope.parse(webhook.get("rules") or (), webhook),
                conditions=tuple(condition["expression"] for condition in webhook.get("matchConditions") or ()),
                is_required=webhook.get("failurePolicy") != "Ignore",
                is_asked_again=webhook.get("reinvocationPolicy") == "IfNeeded",
                seconds=webhook.get("timeoutSeconds") or 10,
            )
            for webhook in configuration.document().get("webhooks") or ()
        )


class WebhookCaller:
    """Calls webhooks."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._parsed: dict[str, tuple[int, tuple[Webhook, ...]]] = {}
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Closes the connections to webhooks."""
        if self._session:
            await self._session.close()

    async def call_all(self, collection: str, request: AdmissionRequest) -> AdmissionRequest:
        """Asks all webhooks of a collection of configurations, and returns the request as they left it.

        One that wants to be asked again if needed is asked in a second round, if a later one changed the object.

        Raises:
            ApiError: A webhook denied the request, or a required one could not be asked.
        """
        webhooks = [webhook for found in self._store.objects(collection) for webhook in self._webhooks(found)]
        unaware, due = set[int](), set[int]()
        for is_first in (True, False):
            for number, webhook in enumerate(webhooks):
                if (is_first or number in due) and self._is_concerned(webhook, request):
                    before = copied(request.document) if unaware else None
                    request = await self._call(webhook, request)
                    if unaware and request.document != before:
                        due, unaware = due | unaware, set()
                    if webhook.is_asked_again:
                        unaware.add(number)
        return request

    def _webhooks(self, configuration: Stored) -> tuple[Webhook, ...]:
        version, webhooks = self._parsed.get(configuration.uid, (0, ()))
        if version != configuration.version:
            webhooks = Webhook.parse_all(configuration)
            self._parsed[configuration.uid] = (configuration.version, webhooks)
        return webhooks

    def _is_concerned(self, webhook: Webhook, request: AdmissionRequest) -> bool:
        if not webhook.scope.takes(request, self._store):
            return False
        values = condition_values(request) if webhook.conditions else {}
        try:
            return all(
                expressions.evaluate(condition, values, _CONDITION_VARIABLES) is True
                for condition in webhook.conditions
            )
        except expressions.ExpressionError as error:
            if webhook.is_required:
                raise _failed(webhook, f"a match condition can't be evaluated: {error}") from error
            return False

    async def _call(self, webhook: Webhook, request: AdmissionRequest) -> AdmissionRequest:
        try:
            answer = await self._post(webhook, request)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, KeyError) as error:
            if webhook.is_required:
                raise _failed(webhook, str(error) or type(error).__name__) from error
            return request
        if not answer.get("allowed"):
            raise _denied(webhook, answer.get("status") or {})
        warnings = dict.fromkeys((*request.warnings, *map(str, answer.get("warnings") or ())))
        request = replace(request, warnings=tuple(warnings))
        if not answer.get("patch") or request.document is None:
            return request
        try:
            patch = orjson.loads(base64.b64decode(answer["patch"], validate=True))
        except (ValueError, binascii.Error) as error:
            raise _failed(webhook, "its patch is no JSON patch in base64") from error
        subject = request.resource.subject(request.key.name)
        return replace(request, document=apply_json_patch(request.document, patch, subject))

    async def _post(self, webhook: Webhook, request: AdmissionRequest) -> Document:
        url, host_name = self._address(webhook.client)
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=False)
        posted = self._session.post(
            url,
            data=orjson.dumps(review_of(request)),
            headers={"Content-Type": "application/json"},
            ssl=_tls(webhook.client.get("caBundle") or ""),
            server_hostname=host_name,
            timeout=aiohttp.ClientTimeout(total=webhook.seconds),
            allow_redirects=False,
        )
        async with posted as response:
            body = await response.content.read(_ANSWER_LIMIT)
            if response.status != 200:
                raise ValueError(f"it answered with status {response.status}")
        answer: Document = orjson.loads(body)["response"]
        return answer

    def _address(self, client: Mapping[str, Any]) -> tuple[str, str | None]:
        if client.get("url"):
            return client["url"], None
        service = client["service"]
        stored = self._store.get(Key(SERVICES, service["namespace"], service["name"]))
        if stored is None:
            raise ValueError(f"service {service['namespace']}/{service['name']} is not there")
        address = stored.document()["spec"].get("clusterIP")
        path = (service.get("path") or "").lstrip("/")
        name = f"{service['name']}.{service['namespace']}.svc"
        return f"https://{address}:{service.get('port') or 443}/{path}", name


def condition_values(request: AdmissionRequest) -> dict[str, Any]:
    """The variables of expressions that look at a request."""
    return {"object": request.document, "oldObject": request.old, "request": _asked(request)}


def review_of(request: AdmissionRequest) -> Document:
    """The `AdmissionReview` that tells a webhook about a request."""
    asked = {**_asked(request), "object": request.document, "oldObject": request.old}
    return {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": asked}


def _asked(request: AdmissionRequest) -> Document:
    resource = request.resource
    kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    names = {"group": resource.group, "version": resource.version, "resource": resource.plural}
    asked: Document = {
        "uid": str(uuid.uuid4()),
        "kind": kind,
        "resource": names,
        "requestKind": kind,
        "requestResource": names,
        "name": request.key.name,
        "operation": request.operation,
        "userInfo": request.options.who.user_info(),
        "dryRun": request.options.is_dry_run,
        "options": None,
    }
    if request.key.namespace:
        asked["namespace"] = request.key.namespace
    if request.subresource:
        asked["subResource"] = request.subresource
    return asked


@lru_cache(maxsize=_BUNDLES)
def _tls(bundle: str) -> ssl.SSLContext:
    """Whom to trust; the same every time, because a connection is used again only with the same trust."""
    if not bundle:
        return ssl.create_default_context()
    try:
        return ssl.create_default_context(cadata=base64.b64decode(bundle).decode())
    except ssl.SSLError as error:
        raise ValueError(f"its caBundle can't be read: {error.reason}") from error


def _failed(webhook: Webhook, why: str) -> ApiError:
    return internal(f'failed calling webhook "{webhook.name}": failed to call webhook: {why}')


def _denied(webhook: Webhook, status: Mapping[str, Any]) -> ApiError:
    message = status.get("message") or status.get("reason") or "it gave no reason"
    text = f'admission webhook "{webhook.name}" denied the request: {message}'
    code = status.get("code")
    is_failure = isinstance(code, int) and 400 <= code < 600
    return ApiError(code if is_failure and code else 403, status.get("reason") or "Forbidden", text)

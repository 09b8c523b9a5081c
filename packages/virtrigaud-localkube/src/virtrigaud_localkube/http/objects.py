"""The endpoints of objects: get, create, replace, patch, apply, delete, list, watch."""

import random
from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson
from aiohttp import web

from virtrigaud_localkube.api_error import (
    ApiError,
    Cause,
    bad_request,
    invalid,
    method_not_allowed,
    not_found,
    unsupported_media_type,
)
from virtrigaud_localkube.authorization.access import Access
from virtrigaud_localkube.document import Document, JsonValue, copied
from virtrigaud_localkube.http.bodies import decode_body, read_body
from virtrigaud_localkube.http.gate import Gate
from virtrigaud_localkube.http.lists import check_not_ahead, list_objects
from virtrigaud_localkube.http.requests import (
    Target,
    delete_options,
    is_true,
    number,
    representation_of,
    selection_of,
    write_options,
)
from virtrigaud_localkube.http.responses import json_response, send_json
from virtrigaud_localkube.http.reviews import Reviews
from virtrigaud_localkube.http.token_requests import TokenRequests
from virtrigaud_localkube.patch.json_patch import apply_json_patch
from virtrigaud_localkube.patch.merge_patch import apply_merge_patch
from virtrigaud_localkube.patch.strategic import apply_strategic_patch
from virtrigaud_localkube.registry.creation import create
from virtrigaud_localkube.registry.deletion import delete
from virtrigaud_localkube.registry.options import DeleteOptions, Written
from virtrigaud_localkube.registry.registry import Registry
from virtrigaud_localkube.registry.scale import scale_of, scaled
from virtrigaud_localkube.registry.updating import apply, update
from virtrigaud_localkube.storage.stored import Stored
from virtrigaud_localkube.watch.stream import Broadcaster, Watch, WatchOptions

JSON_PATCH: Final = "application/json-patch+json"
MERGE_PATCH: Final = "application/merge-patch+json"
STRATEGIC_PATCH: Final = "application/strategic-merge-patch+json"
APPLY_PATCH: Final = "application/apply-patch+yaml"
TOKEN: Final = "token"  # noqa: S105 - the name of a subresource
_VERSION_FIELD: Final = "metadata.resourceVersion"
_LONGEST_WATCH: Final = 24 * 3600


Endpoint = Callable[[Target, web.BaseRequest], Awaitable[web.StreamResponse]]


class Objects:
    """Answers the requests that are about objects."""

    def __init__(
        self, registry: Registry, broadcaster: Broadcaster, gate: Gate, reviews: Reviews, tokens: TokenRequests
    ) -> None:
        self._registry = registry
        self._gate = gate
        self._store = registry.store
        self._broadcaster = broadcaster
        self._reviews = reviews
        self._tokens = tokens
        self._endpoints: dict[tuple[str, bool], Endpoint] = {
            ("GET", False): self._list,
            ("GET", True): self._get,
            ("POST", False): self._create,
            ("PUT", True): self._replace,
            ("PATCH", True): self._patch,
            ("DELETE", True): self._delete,
            ("DELETE", False): self._delete_collection,
        }

    async def answer(self, target: Target, request: web.BaseRequest) -> web.StreamResponse:
        """Answers a request about the objects that its path leads to.

        Raises:
            ApiError: It can't be done.
        """
        if target.resource.verbs == ("create",):
            return await self._review(target, request)
        if target.subresource == TOKEN:
            return await self._token(target, request)
        if request.method == "GET" and is_true(request, "watch"):
            return await self._watch(target, request)
        endpoint = self._endpoints.get((request.method, bool(target.name)))
        if endpoint is None:
            raise method_not_allowed()
        return await endpoint(target, request)

    async def _body(self, request: web.BaseRequest) -> JsonValue:
        return decode_body(await read_body(request), request.content_type)

    async def _review(self, target: Target, request: web.BaseRequest) -> web.Response:
        if request.method != "POST" or target.name:
            raise method_not_allowed()
        body = await self._body(request)
        review = self._reviews.answer(target.resource, target.namespace, body, target.who)
        return json_response(orjson.dumps(review), status=201)

    async def _token(self, target: Target, request: web.BaseRequest) -> web.Response:
        if request.method != "POST":
            raise method_not_allowed()
        granted = self._tokens.answer(target, await self._body(request))
        return json_response(orjson.dumps(granted), status=201)

    async def _list(self, target: Target, request: web.BaseRequest) -> web.StreamResponse:
        return await send_json(request, list_objects(self._store, target, request))

    async def _get(self, target: Target, request: web.BaseRequest) -> web.Response:
        stored = self._store.get(target.resource.key(target.namespace, target.name))
        if stored is None:
            raise not_found(target.resource.subject(target.name))
        return self._object_response(target, request, stored)

    async def _create(self, target: Target, request: web.BaseRequest) -> web.Response:
        resource = target.resource
        if resource.is_namespaced and target.namespace is None:
            raise method_not_allowed()
        body = await self._body(request)
        written = await create(self._registry, resource, target.namespace, body, write_options(request, target))
        return self._written_response(target, request, written)

    async def _replace(self, target: Target, request: web.BaseRequest) -> web.Response:
        body = await self._body(request)

        def replacement(live: Document) -> JsonValue:
            wanted = copied(body)
            if target.resource.is_custom and not target.subresource:
                _check_has_version(target, wanted)
            return scaled(target.resource, live, wanted) if target.subresource == "scale" else wanted

        return await self._update(target, request, replacement)

    async def _update(
        self, target: Target, request: web.BaseRequest, change: Callable[[Document], Any]
    ) -> web.Response:
        key = target.resource.key(target.namespace, target.name)
        options = write_options(request, target)
        written = await update(self._registry, target.resource, key, change, options)
        return self._written_response(target, request, written)

    async def _patch(self, target: Target, request: web.BaseRequest) -> web.Response:
        content_type = request.content_type
        _check_patch_type(target, content_type)
        body = await self._body(request)
        if content_type == APPLY_PATCH:
            return await self._apply(target, request, body)
        subject = target.resource.subject(target.name)

        def patched(live: Document) -> JsonValue:
            if content_type == JSON_PATCH:
                return apply_json_patch(live, body, subject)
            if not isinstance(body, dict):
                raise bad_request("the patch must be an object")
            if content_type == MERGE_PATCH:
                return apply_merge_patch(live, body)
            return apply_strategic_patch(live, body, target.resource.node)

        def change(live: Document) -> JsonValue:
            if target.subresource != "scale":
                return patched(live)
            return scaled(target.resource, live, patched(scale_of(target.resource, live)))

        return await self._update(target, request, change)

    async def _apply(self, target: Target, request: web.BaseRequest, body: JsonValue) -> web.Response:
        if not request.query.get("fieldManager"):
            raise bad_request("fieldManager: Required value: is required for apply patch")
        if target.subresource == "scale":
            raise unsupported_media_type(f"{JSON_PATCH}, {MERGE_PATCH}")
        key = target.resource.key(target.namespace, target.name)
        if self._store.latest(key) is None:
            names = (target.resource.group, target.resource.plural, target.subresource)
            self._gate.let_pass(target.who, Access("create", *names, target.namespace or "", target.name))
        options = write_options(request, target)
        written = await apply(self._registry, target.resource, key, body, options)
        return self._written_response(target, request, written)

    async def _delete(self, target: Target, request: web.BaseRequest) -> web.Response:
        if target.subresource:
            raise method_not_allowed()
        options = delete_options(request, target, await self._body(request))
        resource = target.resource
        deleted = await delete(self._registry, resource, resource.key(target.namespace, target.name), options)
        if not deleted.is_gone:
            return self._object_response(target, request, deleted.stored, warnings=deleted.warnings)
        details = {"name": target.name, "group": resource.group, "kind": resource.plural, "uid": deleted.stored.uid}
        status = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Success",
            "details": {key: value for key, value in details.items() if value},
        }
        return json_response(orjson.dumps(status), warnings=deleted.warnings)

    async def _delete_collection(self, target: Target, request: web.BaseRequest) -> web.StreamResponse:
        if target.resource.is_namespaced and target.namespace is None:
            raise method_not_allowed()
        options = delete_options(request, target, await self._body(request))
        selection = selection_of(request, target)
        representation = representation_of(request, target.resource)
        found = [
            one for one in self._store.objects(target.resource.collection, target.namespace) if selection.takes(one)
        ]
        deleted = [one for stored in found if (one := await self._delete_one(target, stored, options))]
        metadata = {"resourceVersion": str(self._store.version)}
        return await send_json(request, representation.encode_list(deleted, metadata))

    async def _delete_one(self, target: Target, stored: Stored, options: DeleteOptions) -> Stored | None:
        try:
            return (await delete(self._registry, target.resource, stored.key, options)).stored
        except ApiError as error:
            if error.reason == "NotFound":
                return None
            raise

    async def _watch(self, target: Target, request: web.BaseRequest) -> web.StreamResponse:
        representation = representation_of(request, target.resource)
        selection = selection_of(request, target)
        options = self._watch_options(request)
        watch = Watch(self._store, representation, selection, options)
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        async for frames in watch.frames(self._broadcaster):
            await response.write(frames)
        await response.write_eof()
        return response

    def _watch_options(self, request: web.BaseRequest) -> WatchOptions:
        seconds = number(request, "timeoutSeconds") or random.randint(1800, 3600)  # noqa: S311 - no secret
        since = number(request, "resourceVersion") or None
        sends_initial_events = is_true(request, "sendInitialEvents")
        if since is not None:
            check_not_ahead(self._store, since)
        return WatchOptions(
            since=since,
            seconds=min(seconds, _LONGEST_WATCH),
            has_bookmarks=is_true(request, "allowWatchBookmarks"),
            sends_initial_events=sends_initial_events,
        )

    def _written_response(self, target: Target, request: web.BaseRequest, written: Written) -> web.Response:
        status = 201 if written.is_created else 200
        return self._object_response(target, request, written.stored, status=status, warnings=written.warnings)

    def _object_response(
        self,
        target: Target,
        request: web.BaseRequest,
        stored: Stored,
        *,
        status: int = 200,
        warnings: tuple[str, ...] = (),
    ) -> web.Response:
        if target.subresource == "scale":
            return json_response(orjson.dumps(scale_of(target.resource, stored.document())), status=status)
        encoded = representation_of(request, target.resource).encode(stored)
        return json_response(encoded, status=status, warnings=warnings)


def _check_has_version(target: Target, wanted: JsonValue) -> None:
    """Custom objects are replaced only by who has read them."""
    metadata = wanted.get("metadata") if isinstance(wanted, dict) else None
    if isinstance(metadata, dict) and not metadata.get("resourceVersion"):
        message = "Invalid value: 0: must be specified for an update"
        raise invalid(target.resource.subject(target.name), [Cause("FieldValueInvalid", message, _VERSION_FIELD)])


def _check_patch_type(target: Target, content_type: str) -> None:
    accepted = [JSON_PATCH, MERGE_PATCH, APPLY_PATCH]
    if not target.resource.is_custom:
        accepted.append(STRATEGIC_PATCH)
    if content_type not in accepted:
        raise unsupported_media_type(", ".join(accepted))

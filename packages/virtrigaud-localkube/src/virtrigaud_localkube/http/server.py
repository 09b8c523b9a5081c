"""The front door: authenticates a request, finds out what it is about, and turns every failure into a Status."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

import orjson
from aiohttp import web

from virtrigaud_localkube.api_error import ApiError, bad_request, internal, no_such_path
from virtrigaud_localkube.authorization.access import Access
from virtrigaud_localkube.authorization.identity import Identity
from virtrigaud_localkube.document import Document
from virtrigaud_localkube.http.gate import Gate
from virtrigaud_localkube.http.negotiation import discovery_version
from virtrigaud_localkube.http.objects import Objects
from virtrigaud_localkube.http.requests import Place, access_of, find_target
from virtrigaud_localkube.http.responses import json_response
from virtrigaud_localkube.registry import discovery
from virtrigaud_localkube.registry.catalog import Catalog

_log = logging.getLogger(__name__)
_OPEN_PATHS: Final = frozenset({"healthz", "livez", "readyz", "version"})
_PATHS: Final[Document] = {"paths": ["/api", "/apis", "/healthz", "/openapi/v2", "/openapi/v3", "/version"]}


class FrontDoor:
    """Answers every request that arrives."""

    def __init__(self, gate: Gate, catalog: Catalog, objects: Objects, documents: Callable[[str], Document]) -> None:
        self._gate = gate
        self._catalog = catalog
        self._objects = objects
        self._documents = documents

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answers a request; a failure becomes a Status."""
        try:
            return await self._route(request)
        except ApiError as error:
            return json_response(orjson.dumps(error.status()), status=error.code)
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception:  # noqa: BLE001 - the last resort: logged with its traceback, answered as a Status
            _log.exception("%s %s failed", request.method, request.path)
            defect = internal("this is a defect of the server; its log has the details")
            return json_response(orjson.dumps(defect.status()), status=defect.code)

    async def _route(self, request: web.BaseRequest) -> web.StreamResponse:
        parts = [part for part in request.path.split("/") if part]
        if parts and parts[0] in _OPEN_PATHS:
            return _json(discovery.VERSION_INFO) if parts == ["version"] else web.Response(text="ok")
        who = self._gate.identify(request)
        match parts:
            case ["api", version, _, *_]:
                return await self._resource(request, who, Place.parse("", version, parts[2:]))
            case ["apis", group, version, _, *_]:
                return await self._resource(request, who, Place.parse(group, version, parts[3:]))
            case _:
                self._gate.let_pass(who, Access(request.method.lower(), path=request.path))
                return self._document(request, parts)

    async def _resource(self, request: web.BaseRequest, who: Identity, place: Place) -> web.StreamResponse:
        self._gate.let_pass(who, access_of(request, place))
        return await self._objects.answer(find_target(self._catalog, place, who), request)

    def _document(self, request: web.BaseRequest, parts: list[str]) -> web.Response:
        match parts:
            case []:
                return _json(_PATHS)
            case ["openapi", *_]:
                return self._openapi(request)
            case ["api"] | ["apis"]:
                return self._discovery(request, is_core=parts == ["api"])
            case ["api", version]:
                return _json(discovery.resource_list(self._catalog, "", version))
            case ["apis", group]:
                return _json(discovery.group(self._catalog, group))
            case ["apis", group, version]:
                return _json(discovery.resource_list(self._catalog, group, version))
            case _:
                raise no_such_path()

    def _discovery(self, request: web.BaseRequest, *, is_core: bool) -> web.Response:
        version = discovery_version(request.headers.get("Accept", ""))
        if version:
            document = discovery.aggregated(self._catalog, is_core=is_core, version=version)
            response = _json(document)
            form = f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"
            response.headers["Content-Type"] = form
            return response
        return _json(discovery.core_versions() if is_core else discovery.group_list(self._catalog))

    def _openapi(self, request: web.BaseRequest) -> web.Response:
        if request.method != "GET":
            raise bad_request("documents can only be read")
        return _json(self._documents(request.path))


def _json(document: Document) -> web.Response:
    return json_response(orjson.dumps(document))

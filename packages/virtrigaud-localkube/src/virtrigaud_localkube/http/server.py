"""The front door: authenticates a request, finds out what it is about, and turns every failure into a Status."""

import asyncio
import logging
from typing import Final

import orjson
from aiohttp import web

from virtrigaud_localkube.api_error import ApiError, internal, method_not_allowed
from virtrigaud_localkube.authorization.access import Access
from virtrigaud_localkube.authorization.identity import Identity
from virtrigaud_localkube.authorization.service_account_tokens import ServiceAccountTokens, issuer_configuration
from virtrigaud_localkube.document import Document
from virtrigaud_localkube.http.gate import Gate
from virtrigaud_localkube.http.negotiation import discovery_version
from virtrigaud_localkube.http.objects import Objects
from virtrigaud_localkube.http.requests import Place, access_of, find_target
from virtrigaud_localkube.http.responses import json_response
from virtrigaud_localkube.registry import discovery
from virtrigaud_localkube.registry.catalog import Catalog
from virtrigaud_localkube.registry.openapi import OpenApi

_log = logging.getLogger(__name__)
_OPEN_PATHS: Final = frozenset({"healthz", "livez", "readyz", "version"})


class FrontDoor:
    """Answers every request that arrives."""

    def __init__(
        self, gate: Gate, catalog: Catalog, objects: Objects, openapi: OpenApi, tokens: ServiceAccountTokens
    ) -> None:
        self._gate = gate
        self._catalog = catalog
        self._objects = objects
        self._openapi = openapi
        self._tokens = tokens

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
        if request.method not in ("GET", "HEAD"):
            raise method_not_allowed()
        version = discovery_version(request.headers.get("Accept", ""))
        match parts:
            case ["api"] | ["apis"] if version:
                form = f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"
                response = _json(discovery.aggregated(self._catalog, is_core=parts == ["api"], version=version))
                response.headers["Content-Type"] = form
                return response
            case ["openapi", *_]:
                return _json(self._openapi.document(request.path))
            case [".well-known", "openid-configuration"]:
                return _json(issuer_configuration(f"{request.scheme}://{request.host}"))
            case ["openid", "v1", "jwks"]:
                return json_response(orjson.dumps(self._tokens.public_keys()), content_type="application/jwk-set+json")
            case _:
                return _json(discovery.document(self._catalog, parts))


def _json(document: Document) -> web.Response:
    return json_response(orjson.dumps(document))

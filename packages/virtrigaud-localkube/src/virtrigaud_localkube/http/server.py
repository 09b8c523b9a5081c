"""The front door: authenticates a request, finds out what it is about, and turns every failure into a Status."""

import asyncio
import hmac
import logging
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import orjson
from aiohttp import web

from virtrigaud_localkube.api_error import ApiError, bad_request, internal, no_such_path, unauthorized
from virtrigaud_localkube.document import Document
from virtrigaud_localkube.http.negotiation import discovery_version
from virtrigaud_localkube.http.objects import Objects, json_response
from virtrigaud_localkube.http.requests import find_target
from virtrigaud_localkube.registry import discovery
from virtrigaud_localkube.registry.catalog import Catalog
from virtrigaud_localkube.settings import is_loopback

_log = logging.getLogger(__name__)
_OPEN_PATHS: Final = frozenset({"healthz", "livez", "readyz", "version"})
_BEARER: Final = "Bearer "
_PATHS: Final[Document] = {"paths": ["/api", "/apis", "/healthz", "/openapi/v2", "/openapi/v3", "/version"]}


class Gate:
    """Knows the one credential. Without TLS clients send none, so there its absence is accepted."""

    def __init__(self, token: str, *, needs_token: bool) -> None:
        self._token = token.encode()
        self._needs_token = needs_token

    def is_token(self, candidate: str) -> bool:
        """Tells whether a text is the administrator's token."""
        return hmac.compare_digest(candidate.encode(errors="surrogateescape"), self._token)

    def check(self, request: web.BaseRequest) -> None:
        """Lets a request pass.

        Raises:
            ApiError: It carries no credential or a wrong one (401).
        """
        header = request.headers.get("Authorization", "")
        if not header and not self._needs_token:
            _check_is_no_browser(request)
            return
        if not header.startswith(_BEARER) or not self.is_token(header.removeprefix(_BEARER)):
            raise unauthorized()


def _check_is_no_browser(request: web.BaseRequest) -> None:
    """Keeps web pages out of a server without credentials: they name their origin, or a host that isn't this one.

    Raises:
        ApiError: The request may come from a web page (401).
    """
    host = urlsplit(f"//{request.host}").hostname or ""
    if "Origin" in request.headers or not is_loopback(host):
        raise unauthorized()


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
        self._gate.check(request)
        match parts or ["paths"]:
            case ["paths"]:
                return _json(_PATHS)
            case ["openapi", *_]:
                return self._openapi(request)
            case ["api"] | ["apis"]:
                return self._discovery(request, is_core=parts == ["api"])
            case ["api", *rest]:
                return await self._resource(request, "", rest)
            case ["apis", group, *rest]:
                return await self._resource(request, group, rest)
            case _:
                raise no_such_path()

    async def _resource(self, request: web.BaseRequest, group: str, rest: list[str]) -> web.StreamResponse:
        if not rest:
            return _json(discovery.group(self._catalog, group))
        version, *place = rest
        if not place:
            return _json(discovery.resource_list(self._catalog, group, version))
        target = find_target(self._catalog, group, version, place)
        return await self._objects.answer(target, request)

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

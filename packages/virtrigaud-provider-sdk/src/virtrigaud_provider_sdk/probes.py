"""The HTTP side of a provider: `/healthz`, `/readyz`, `/health` and `/metrics`, for kubelets and Prometheus.

It runs in threads of its own beside the event loop, so that a blocked loop shows as a failing liveness
probe and not as a probe that never answers.
"""

import asyncio
import contextlib
import json
import socket
import socketserver
import threading
from datetime import timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import ClassVar, cast

from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder

from virtrigaud_provider_sdk.health import Health, HypervisorHealth

LIVENESS_LIMIT = timedelta(seconds=30)

MOST_CONNECTIONS = 64
"""A further one ends the oldest, so that clients which send nothing, or slowly, keep no probe waiting."""

_STOP_POLL = timedelta(milliseconds=100)
_Request = socket.socket | tuple[bytes, socket.socket]
_TEXT = "text/plain; charset=utf-8"


class Probes:
    """Serves the probes from its start to its stop."""

    def __init__(
        self, health: HypervisorHealth, address: str, port: int, *, liveness: timedelta = LIVENESS_LIMIT
    ) -> None:
        """Listen.

        Args:
            health: What is told.
            address: IP address to listen on; empty means all.
            port: Port to listen on; 0 takes a free one.
            liveness: An event loop that has not run for so long is dead.

        Raises:
            OSError: The address can't be listened on.
        """
        self._server = _Server((address, port), health, liveness)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_STOP_POLL.total_seconds(),), name="probes", daemon=True
        )

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._server.server_address[1]

    def start(self) -> None:
        """Answer requests."""
        self._thread.start()

    async def stop(self) -> None:
        """Answer no more."""
        if self._thread.is_alive():
            await asyncio.to_thread(self._server.shutdown)
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], health: HypervisorHealth, liveness: timedelta) -> None:
        self.health = health
        self.liveness = liveness
        self._open: dict[socket.socket, None] = {}
        self._lock = threading.Lock()
        self._dual_stack = not address[0] and socket.has_dualstack_ipv6()
        if ":" in address[0] or self._dual_stack:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Handler)

    def process_request(self, request: _Request, client_address: object) -> None:
        """Serve a connection in a thread of its own, and end the oldest where there are too many."""
        with self._lock:
            crowded_out = list(self._open)[: len(self._open) + 1 - MOST_CONNECTIONS]
            self._open[cast("socket.socket", request)] = None
        for connection in crowded_out:
            self._end(connection)
        super().process_request(request, client_address)

    def shutdown_request(self, request: _Request) -> None:
        """Close a connection; its thread has ended."""
        with self._lock:
            self._open.pop(cast("socket.socket", request), None)
        super().shutdown_request(request)

    def _end(self, connection: socket.socket) -> None:
        """Let the thread of a connection read an end of file; it closes the connection itself."""
        with self._lock:
            self._open.pop(connection, None)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    def server_bind(self) -> None:
        if self._dual_stack:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "virtrigaud-provider"
    sys_version = ""
    timeout: ClassVar[int] = 5

    def do_GET(self) -> None:
        server = cast("_Server", self.server)
        health = server.health
        match self.path.partition("?")[0]:
            case "/healthz":
                alive = health.heartbeat_age() < server.liveness
                self._answer(alive, "ok" if alive else "the event loop is blocked")
            case "/readyz":
                ready = health.report.health is Health.HEALTHY and not health.draining
                self._answer(ready, "ready" if ready else "not ready")
            case "/health":
                self._report(health)
            case "/metrics":
                encode, content_type = choose_encoder(self.headers.get("Accept", ""))
                self._send(HTTPStatus.OK, content_type, encode(REGISTRY))
            case _:
                self._send(HTTPStatus.NOT_FOUND, _TEXT, b"not found\n")

    do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the inherited signature
        """Log nothing: probes come every few seconds."""

    def _report(self, health: HypervisorHealth) -> None:
        report = health.report
        checks = {"hypervisor": {"status": report.health, "message": report.reason}}
        summary = "shutting down" if health.draining else report.reason
        body = {"status": report.health, "checks": checks, "summary": summary}
        good = report.health is not Health.UNHEALTHY
        status = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
        self._send(status, "application/json", json.dumps(body).encode() + b"\n")

    def _answer(self, good: bool, text: str) -> None:  # noqa: FBT001 - what is answered, not how
        status = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
        self._send(status, _TEXT, text.encode() + b"\n")

    def _send(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

"""A web server with an image, at an address of this machine that is no loopback."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TOKEN = "canary-7f3a"


class Open(SimpleHTTPRequestHandler):
    """Serves a folder to everybody."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Guarded(Open):
    """Serves a folder to those who show the token."""

    def do_GET(self) -> None:
        if self.headers.get("Authorization") == f"Bearer {TOKEN}":
            super().do_GET()
        else:
            self.send_error(401)


@contextmanager
def web_server(folder: Path, handler: type[Open]) -> Iterator[str]:
    """Serve a folder; yield its address."""
    server = ThreadingHTTPServer((own_address(), 0), partial(handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{own_address()}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def own_address() -> str:
    """Return the address that this machine would use towards others; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("198.51.100.1", 9))
        address: str = probe.getsockname()[0]
    return address

"""How one server is run: where its state is, where it listens, and whether it speaks TLS."""

import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

KUBECONFIG: Final = "kubeconfig"


class SettingsError(ValueError):
    """A setting that can't work; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one server."""

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 0
    kubeconfig: Path | None = None
    uses_tls: bool = True

    def __post_init__(self) -> None:
        if not self.uses_tls and not is_loopback(self.host):
            raise SettingsError(f"without TLS the server listens on loopback only, not on {self.host}")

    @property
    def kubeconfig_path(self) -> Path:
        """Where the kubeconfig is written."""
        return self.kubeconfig or self.data_dir / KUBECONFIG


def default_data_dir() -> Path:
    """Where a user's state is by the XDG base directory specification."""
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "virtrigaud-localkube"


def parse_listen(text: str) -> tuple[str, int]:
    """Reads `HOST:PORT`.

    Raises:
        SettingsError: It isn't of that form.
    """
    host, separator, port = text.rpartition(":")
    if not separator or not port.isdigit() or int(port) > 65535:
        raise SettingsError(f"{text!r} is no address to listen on; write HOST:PORT, with port 0 for any free one")
    return host.strip("[]") or "127.0.0.1", int(port)


def is_loopback(host: str) -> bool:
    """Tells whether a host name or address leads to this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

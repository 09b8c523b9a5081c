"""The whole server in one object: started and stopped. Used by the console script and in tests.

It imports little: what the server is made of (`assembly`) is loaded while another process makes the certificates.
"""

import fcntl
import os
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from virtrigaud_localkube import credentials
from virtrigaud_localkube.settings import Settings, SettingsError, parse_listen


class LocalKube:
    """An API server over a data directory.

    Use it as an async context manager::

        async with LocalKube(data_dir="state") as kube:
            print(kube.url, kube.kubeconfig_path)
    """

    def __init__(
        self,
        data_dir: Path | str,
        *,
        listen: str = "127.0.0.1:0",
        kubeconfig: Path | str | None = None,
        uses_tls: bool = True,
    ) -> None:
        """Takes the settings; nothing is started yet.

        Raises:
            SettingsError: The settings can't work.
        """
        host, port = parse_listen(listen)
        kubeconfig_path = Path(kubeconfig) if kubeconfig else None
        self._settings = Settings(Path(data_dir), host, port, kubeconfig_path, uses_tls)
        self._running = AsyncExitStack()
        self.url = ""
        self.token = ""

    @property
    def kubeconfig_path(self) -> Path:
        """The file that clients find the server with."""
        return self._settings.kubeconfig_path

    @property
    def ca_path(self) -> Path:
        """The certificate that clients verify the server with."""
        return credentials.authority_file(self._settings.data_dir)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Starts to serve. When it returns, the kubeconfig is written and clients may connect.

        Raises:
            SettingsError: The data directory is open to others or in use, or the address can't be listened on.
        """
        async with AsyncExitStack() as starting:
            await self._start(starting)
            self._running = starting.pop_all()

    async def stop(self) -> None:
        """Ends all watches, finishes what is being written, and stops."""
        await self._running.aclose()

    async def _start(self, starting: AsyncExitStack) -> None:
        settings = self._settings
        credentials.prepare_directory(settings.data_dir)
        _lock(settings.data_dir, starting)
        certificates = credentials.begin_certificates(settings) if settings.uses_tls else None
        # Loaded here, beside the making of certificates: together they would be most of the time of a start.
        from virtrigaud_localkube.assembly import assemble  # noqa: PLC0415

        self.token = credentials.load_token(settings.data_dir)
        self.url = await assemble(settings, self.token, certificates, starting)


def _lock(directory: Path, starting: AsyncExitStack) -> None:
    """Makes sure that one server at a time works on a data directory; the lock ends with the process."""
    descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    starting.callback(os.close, descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SettingsError(f"another server works on {directory}: stop it, or use another data directory") from None

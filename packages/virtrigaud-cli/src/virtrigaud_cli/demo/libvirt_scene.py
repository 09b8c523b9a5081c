"""The demo on libvirt: a private libvirtd, a guest under QEMU, its agent asked for its name, its web server visited.

Uses the tools of the checkout (`tools/libvirt-lab`, `tools/guest-image`) as programs and libvirt-python to
look at what the provider made.
"""

import importlib
import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from virtrigaud_cli.demo.narrator import Narrator
from virtrigaud_cli.demo.scene import find_in_checkout
from virtrigaud_cli.failure import CommandFailed

LAB: Final = "tools/libvirt-lab"
IMAGE: Final = "guest.qcow2"
HOST_NAME: Final = "hello"
HTTP_DEADLINE_SECONDS: Final = 20
AGENT_DEADLINE_SECONDS: Final = 10
_READABLE_BY_QEMU: Final = 0o644


@dataclass(frozen=True, slots=True)
class Lab:
    """Where the private libvirtd listens, and its pool."""

    uri: str
    pool: str
    pool_folder: Path


class LibvirtScene:
    """A hypervisor of the demo's own."""

    provider = "libvirt"
    patience_seconds = 120.0

    def __init__(self) -> None:
        self._lab: Lab | None = None
        self._stops_lab = False
        self._before: frozenset[str] = frozenset()

    def prepare(self, narrator: Narrator) -> None:
        """Start the lab and put the guest image into its pool."""
        with narrator.chapter("A hypervisor: a private libvirtd with QEMU, and a small guest image"):
            image = Path(_tool(narrator, "tools/guest-image", "build").strip())
            self._stops_lab = not _lab_runs()
            facts = json.loads(_tool(narrator, LAB, "start"))
            self._lab = Lab(str(facts["uri"]), str(facts["pool"]), Path(facts["pool_folder"]))
            self._upload(image)
            self._before = frozenset(self._things())

    def meet_guest(self, machine_id: str, address: str, narrator: Narrator) -> None:
        """Ask the guest agent for the host name and the guest's web server for its page."""
        with self._connection() as connection:
            name = _host_name(_domain(connection, machine_id))
        narrator.remark(f"the guest agent says that the guest is called {name!r}")
        if name != HOST_NAME:
            raise CommandFailed(f"the guest is called {name!r}; its cloud-init says {HOST_NAME!r}")
        narrator.command(("curl", f"http://{address}/"))
        narrator.output(_fetch(f"http://{address}/"))

    def leftovers(self) -> list[str]:
        """Domains and volumes that were not there before."""
        return sorted(set(self._things()) - self._before)

    def clear(self) -> None:
        """Stop the lab, unless it ran before."""
        if self._stops_lab:
            subprocess.run([sys.executable, find_in_checkout(LAB), "stop"], check=False)  # noqa: S603

    def _upload(self, image: Path) -> None:
        with self._connection() as connection:
            place = self._known_lab.pool_folder / IMAGE
            shutil.copyfile(image, place)
            place.chmod(_READABLE_BY_QEMU)
            connection.storagePoolLookupByName(self._known_lab.pool).refresh()

    def _things(self) -> list[str]:
        with self._connection() as connection:
            pool = connection.storagePoolLookupByName(self._known_lab.pool)
            pool.refresh()
            domains = [f"domain {domain.name()}" for domain in connection.listAllDomains()]
            return domains + [f"volume {name}" for name in pool.listVolumes()]

    @property
    def _known_lab(self) -> Lab:
        if self._lab is None:
            raise CommandFailed("the lab does not run")
        return self._lab

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        connection = _module("libvirt").open(self._known_lab.uri)
        try:
            yield connection
        finally:
            connection.close()


def _lab_runs() -> bool:
    command = [sys.executable, str(find_in_checkout(LAB)), "status"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603


def _tool(narrator: Narrator, tool: str, command: str) -> str:
    narrator.command(("python", tool, command))
    finished = subprocess.run(  # noqa: S603
        [sys.executable, find_in_checkout(tool), command], stdout=subprocess.PIPE, text=True, check=False
    )
    if finished.returncode != 0:
        raise CommandFailed(f"{tool} {command} failed", advice=f"its message above says why; {tool}/README.md helps")
    narrator.output(finished.stdout)
    return finished.stdout


def _domain(connection: Any, machine_id: str) -> Any:  # noqa: ANN401 - libvirt-python has no types
    for domain in connection.listAllDomains():
        if machine_id in {domain.UUIDString(), domain.name()}:
            return domain
    raise CommandFailed(f"libvirt has no domain {machine_id}")


def _host_name(domain: Any) -> str:  # noqa: ANN401 - libvirt-python has no types
    agent = _module("libvirt_qemu")
    answer = agent.qemuAgentCommand(domain, '{"execute":"guest-get-host-name"}', AGENT_DEADLINE_SECONDS, 0)
    return str(json.loads(answer)["return"]["host-name"])


def _fetch(url: str) -> str:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=HTTP_DEADLINE_SECONDS) as answer:
            return str(answer.read().decode(errors="replace"))
    except (urllib.error.URLError, OSError) as error:
        raise CommandFailed(f"the guest's web server at {url} does not answer: {error}") from error


def _module(name: str) -> Any:  # noqa: ANN401 - libvirt-python has no types
    """A module of libvirt-python, which only this demo needs."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        advice = "install virtrigaud-provider-libvirt (it needs libvirt-dev, pkg-config and a C compiler)"
        raise CommandFailed("the libvirt demo needs libvirt-python, which is not installed", advice=advice) from error

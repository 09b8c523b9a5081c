"""What differs between the demos of two hypervisors; the story is the same.

`memory_scene` and `libvirt_scene` implement it; `story` tells it.
"""

from pathlib import Path
from typing import Protocol

from virtrigaud_cli.demo.narrator import Narrator
from virtrigaud_cli.failure import CommandFailed


class Scene(Protocol):
    """A hypervisor on which the story happens."""

    @property
    def provider(self) -> str:
        """The name of the Provider, of its type and of the folder with its manifests."""
        ...

    @property
    def patience_seconds(self) -> float:
        """How long one step may take."""
        ...

    def prepare(self, narrator: Narrator) -> None:
        """Have the hypervisor and the image that the manifests name."""
        ...

    def meet_guest(self, machine_id: str, address: str, narrator: Narrator) -> None:
        """Show that the guest really runs."""
        ...

    def leftovers(self) -> list[str]:
        """What is still on the hypervisor at the end and should not be."""
        ...

    def clear(self) -> None:
        """Stop what `prepare` started."""
        ...


def find_in_checkout(relative: str) -> Path:
    """A file or folder of the checkout that this command runs in.

    Raises:
        CommandFailed: neither here nor above is a checkout with it.
    """
    for folder in (Path.cwd(), *Path.cwd().parents, *Path(__file__).resolve().parents):
        if (folder / relative).exists():
            return folder / relative
    raise CommandFailed(
        f"the demo needs {relative}, which is neither here nor in a folder above",
        advice="run it in a checkout of VirtRigaud",
    )

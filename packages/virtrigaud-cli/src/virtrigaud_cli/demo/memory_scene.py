"""The demo on the memory provider: nothing to prepare, and a guest that nobody can visit."""

from virtrigaud_cli.demo.narrator import Narrator


class MemoryScene:
    """Machines that live in the provider's memory."""

    provider = "memory"
    patience_seconds = 30.0

    def prepare(self, narrator: Narrator) -> None:
        """Nothing is needed."""

    def meet_guest(self, machine_id: str, address: str, narrator: Narrator) -> None:
        """Nothing boots in memory, so there is nobody to ask."""

    def leftovers(self) -> list[str]:
        """The machines went with the process."""
        return []

    def clear(self) -> None:
        """Nothing was started."""

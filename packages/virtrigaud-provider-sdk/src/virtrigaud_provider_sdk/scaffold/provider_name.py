"""The name of a provider, and every other name that follows from it."""

import re
from dataclasses import dataclass
from typing import Final, Self

GROUP: Final = "virtrigaud.providers"
"""The entry point group in which a provider registers its program under its name."""

_DNS_LABEL: Final = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
TAKEN: Final = frozenset({"libvirt", "memory", "proxmox", "vsphere"})
"""Types of providers that VirtRigaud has itself."""


class BadName(Exception):
    """A provider can't have this name; the message says why."""


@dataclass(frozen=True, slots=True)
class ProviderName:
    """The type of a provider: what users write into `spec.type` of a Provider."""

    type: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Check a name.

        Raises:
            BadName: It is no DNS label that begins with a letter.
        """
        if not _DNS_LABEL.fullmatch(text):
            raise BadName(
                f"{text!r} can't be the name of a provider: it must be at most 63 lower-case letters, digits and "
                "hyphens, begin with a letter and end with a letter or a digit, such as my-cloud"
            )
        return cls(text)

    @classmethod
    def parse_new(cls, text: str) -> Self:
        """Check the name of a provider that is to be written.

        Raises:
            BadName: It is none, or VirtRigaud has a provider of that name.
        """
        name = cls.parse(text)
        if text in TAKEN:
            raise BadName(f"{text!r} can't be the name of a new provider: VirtRigaud has one of that name")
        return name

    @property
    def program(self) -> str:
        """The distribution and its console script."""
        return f"virtrigaud-provider-{self.type}"

    @property
    def module(self) -> str:
        """The package to import."""
        return self.program.replace("-", "_")

    @property
    def class_prefix(self) -> str:
        """The beginning of class names: `MyCloud`."""
        return "".join(word.capitalize() for word in self.type.split("-"))

    @property
    def title(self) -> str:
        """How prose calls the hypervisor."""
        return " ".join(word.capitalize() for word in self.type.split("-") if word)

    @property
    def environment_prefix(self) -> str:
        """The beginning of environment variables: `MY_CLOUD`."""
        return self.type.replace("-", "_").upper()

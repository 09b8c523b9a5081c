"""Secrets as far as the manager remembers them: never what is in them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SecretSeen:
    """That there is a Secret, and which version of it.

    Attributes:
        controller: The uid of the object that it was made for, where there is one.
    """

    uid: str
    resource_version: str
    controller: str | None = None

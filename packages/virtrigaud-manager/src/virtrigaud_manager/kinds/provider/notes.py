"""What is remembered of a Provider between two passes, and is lost when the manager ends."""

from dataclasses import dataclass

from virtrigaud_api.v1beta1 import Provider, ProviderStatus

from virtrigaud_manager.kinds.provider.observation import Health


@dataclass(frozen=True, slots=True)
class Notes:
    """What is remembered of one Provider.

    Attributes:
        status: As it was reported last, where it is not published yet.
    """

    uid: str
    health: Health = Health()
    status: ProviderStatus | None = None


def notes_of(provider: Provider) -> Notes:
    """Begin with what an earlier process has said: a healthy provider stays so until it is found not to be."""
    status = provider.status
    health = Health(healthy=True, changed=status.last_health_check) if status.healthy else Health()
    return Notes(provider.metadata.uid, health)

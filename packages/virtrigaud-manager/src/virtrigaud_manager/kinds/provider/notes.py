"""What is remembered of a Provider between two passes, and is lost when the manager ends."""

from dataclasses import dataclass

from virtrigaud_api.v1beta1 import ProviderStatus

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

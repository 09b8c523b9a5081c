"""How an action ended that did not work. What it returns when it did is each kind's own."""

from dataclasses import dataclass

from virtrigaud_api.contract import ProviderError


@dataclass(frozen=True, slots=True)
class Failed:
    """The action was tried and did not work."""

    error: ProviderError

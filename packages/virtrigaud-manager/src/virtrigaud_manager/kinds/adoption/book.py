"""What adoption has to say, by Provider: it writes no status itself, because a Provider's status has one writer."""

from collections.abc import Callable
from dataclasses import dataclass

from virtrigaud_api.v1beta1 import ProviderStatus
from virtrigaud_api.v1beta1.provider_status import AdoptionStatus

from virtrigaud_manager.cluster.object_key import ObjectKey


class AdoptionBook:
    """Words of adoption that the Provider's report takes over."""

    def __init__(self) -> None:
        self._said: dict[ObjectKey, AdoptionStatus | None] = {}

    def write(self, provider: ObjectKey, said: AdoptionStatus | None) -> bool:
        """Note what is said; tell whether it is news."""
        is_news = provider not in self._said or self._said[provider] != said
        self._said[provider] = said
        return is_news

    def forget(self, provider: ObjectKey) -> None:
        """Forget a Provider that is gone."""
        self._said.pop(provider, None)

    def told(self, provider: ObjectKey, status: ProviderStatus) -> ProviderStatus:
        """Return a status with what adoption says; as it was where adoption has not looked yet."""
        if provider not in self._said or self._said[provider] == status.adoption:
            return status
        return status.model_copy(update={"adoption": self._said[provider]})


@dataclass(frozen=True, slots=True)
class Telling:
    """The book, and who is woken when there is news in it."""

    book: AdoptionBook
    wake: Callable[[ObjectKey], None]

    def tell(self, provider: ObjectKey, said: AdoptionStatus | None) -> None:
        """Say something about a Provider's machines of nobody."""
        if self.book.write(provider, said):
            self.wake(provider)

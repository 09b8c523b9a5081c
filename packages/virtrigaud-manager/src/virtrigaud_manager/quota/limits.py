"""What the ResourceQuotas of a namespace allow, and by how much something goes beyond it. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from virtrigaud_api.v1beta1 import Quantity

from virtrigaud_manager.quota.amounts import Amounts, Limited, spelled

_NOUNS: Mapping[Limited, str] = {
    Limited.MACHINES: "VirtualMachines",
    Limited.CPUS: "virtual CPUs",
    Limited.MEMORY: "of memory",
    Limited.DISK: "of disk",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """The most of one thing that a ResourceQuota allows."""

    quota: str
    limited: Limited
    most: int
    """A number, or bytes."""


@dataclass(frozen=True, slots=True)
class Excess:
    """A limit, and what is used of it already."""

    limit: Limit
    used: int
    asked: int

    def __str__(self) -> str:
        """Say what is allowed, used and asked for."""
        limited = self.limit.limited
        most, used, asked = (spelled(limited, amount) for amount in (self.limit.most, self.used, self.asked))
        return (
            f"ResourceQuota {self.limit.quota} allows {most} {_NOUNS[limited]} ({limited.value}): "
            f"{used} used, {asked} asked for"
        )


def limits_of(quota: str, hard: Mapping[str, str]) -> Iterator[Limit]:
    """Read those limits of a ResourceQuota that are about machines; ones that can't be read limit nothing."""
    for limited in Limited:
        text = hard.get(limited.value)
        if text is None:
            continue
        try:
            yield Limit(quota, limited, int(Quantity(text).amount))
        except ValueError:
            continue


def exceeded(limits: Iterable[Limit], used: Amounts, asked: Amounts) -> tuple[Excess, ...]:
    """Return the limits beyond which it goes."""
    return tuple(
        Excess(limit, used.of(limit.limited), asked.of(limit.limited))
        for limit in limits
        if asked.of(limit.limited) > 0 and used.of(limit.limited) + asked.of(limit.limited) > limit.most
    )

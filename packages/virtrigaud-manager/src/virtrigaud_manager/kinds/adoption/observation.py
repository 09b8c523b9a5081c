"""Everything that one look at the machines of a Provider knows, as one frozen value."""

from dataclasses import dataclass
from datetime import datetime

from virtrigaud_api.contract import MachineId, MachineState, ProviderError
from virtrigaud_api.v1beta1 import Provider
from virtrigaud_api.v1beta1.provider_status import AdoptionStatus

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.kinds.adoption.census import Judged, Surroundings, census
from virtrigaud_manager.kinds.adoption.terms import Mode, Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What is known about the machines of one Provider.

    Attributes:
        fault: Why the terms can't be read.
        machines: All machines; an error when the provider can't be asked.
        failed: Machines whose adoption failed since the terms were read, and why.
        status: What was said last.
    """

    provider: Provider
    key: ObjectKey
    now: datetime
    terms: Terms
    fault: str | None
    machines: tuple[MachineState, ...] | ProviderError
    around: Surroundings
    failed: tuple[tuple[MachineId, str], ...]
    status: AdoptionStatus | None

    @property
    def mode(self) -> Mode:
        """Return what is done with machines of nobody."""
        return self.terms.mode

    @property
    def judged(self) -> tuple[Judged, ...]:
        """Return what is thought of each machine."""
        return () if isinstance(self.machines, ProviderError) else census(self.machines, self.terms, self.around)

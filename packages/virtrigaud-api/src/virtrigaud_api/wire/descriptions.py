"""The answers of Describe, each converted once for as long as its machine does not change.

Who looks after thousands of machines asks for each of them again and again and finds nearly all of them as
before; converting those anew is most of what a call costs. The SDK's servicer writes through
`WrittenDescriptions` and `GrpcProvider` reads through `ReadDescriptions`, each with one of its own. The
provider is asked at every call all the same: what is remembered is a conversion, never an answer.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from google.protobuf.message import DecodeError

from virtrigaud_api.contract import MachineId, MachineState, ProviderFault
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.machine_states import description_from_message, description_to_message

MOST_MACHINES: Final = 16_384
"""How many machines one side remembers; the one whose last change is longest ago goes first."""

LARGEST_ANSWER: Final = 8 * 1024
"""Bytes of an answer beyond which it is not remembered; that of an ordinary machine has a few hundred."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A machine and the answer that it was read from."""

    state: MachineState
    answer: bytes


@dataclass(frozen=True, slots=True)
class _Written:
    """A machine and the answer that was written of it.

    Attributes:
        raw: The raw facts that the answer tells: the provider may go on with the mapping that the state has.
    """

    state: MachineState
    raw: Mapping[str, str]
    answer: bytes


_Conversion = TypeVar("_Conversion", _Read, _Written)


class _Conversions(Generic[_Conversion]):
    """The newest conversion of each machine, of a bounded number of machines."""

    def __init__(self, most_machines: int = MOST_MACHINES) -> None:
        self._most = most_machines
        self._newest: OrderedDict[MachineId, _Conversion] = OrderedDict()

    def forget(self, machine: MachineId) -> None:
        """Let go of a machine that is gone."""
        self._newest.pop(machine, None)

    def _remember(self, machine: MachineId, conversion: _Conversion) -> None:
        self.forget(machine)
        if len(conversion.answer) > LARGEST_ANSWER:
            return
        self._newest[machine] = conversion
        if len(self._newest) > self._most:
            self._newest.popitem(last=False)


class WrittenDescriptions(_Conversions[_Written]):
    """Writes what Describe answers; the bytes for a machine that is as before are those of before."""

    def write(self, machine: MachineId, state: MachineState | None) -> bytes:
        """Return the serialized answer for the machine that was asked for; a state of None says that it is absent."""
        if state is None:
            self.forget(machine)
            return description_to_message(None).SerializeToString()
        known = self._newest.get(machine)
        if known is not None and (known.state is state or known.state == state) and known.raw == state.raw:
            return known.answer
        # Copied first: what a thread of the provider changes meanwhile must not look like what was written.
        raw = dict(state.raw)
        answer = description_to_message(state).SerializeToString()
        if _is_settled(state):
            self._remember(machine, _Written(state, raw, answer))
        else:
            self.forget(machine)
        return answer


class ReadDescriptions(_Conversions[_Read]):
    """Reads what Describe answers; the state from bytes that are as before is the object of before."""

    def read(self, machine: MachineId, answer: bytes) -> MachineState | None:
        """Read the serialized answer for the machine that was asked for.

        Raises:
            ProviderFault: The answer is no message of its type.
        """
        known = self._newest.get(machine)
        if known is not None and known.answer == answer:
            return known.state
        try:
            message = pb2.DescribeResponse.FromString(answer)
        except DecodeError:
            said = f"the answer of {len(answer)} bytes is no message of this method"
            raise ProviderFault(f"cannot describe machine {machine}: {said}") from None
        state = description_from_message(message, machine)
        if state is None:
            self.forget(machine)
        else:
            self._remember(machine, _Read(state, answer))
        return state


def _is_settled(state: MachineState) -> bool:
    """Tell whether only the raw facts can change: a provider may have put a list where a tuple belongs."""
    try:
        hash((state.addresses, state.tags, state.nics, state.disks))
    except TypeError:
        return False
    return True

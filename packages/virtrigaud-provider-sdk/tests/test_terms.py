"""Changes by a manager that another one has replaced are refused; reads are answered."""

from datetime import timedelta
from typing import Any

import pytest
from virtrigaud_api.contract import PowerVerb, WrongState
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_api.wire.terms import Term
from virtrigaud_provider_sdk import MachineId
from virtrigaud_provider_sdk.interceptors.terms import Terms

MACHINE = MachineId("m")


def in_term(channel: Any, number: int | None, lease: str = "lease-1") -> GrpcProvider:
    return GrpcProvider(channel, term=None if number is None else Term(lease, number))


async def power_on(provider: GrpcProvider) -> None:
    await provider.power(MACHINE, PowerVerb.ON, timedelta())


async def test_a_change_of_an_older_term_is_refused_and_a_read_is_answered(plaintext: Any) -> None:
    async with plaintext() as (_, channel):
        await power_on(in_term(channel, 3))
        await power_on(in_term(channel, 4))
        with pytest.raises(WrongState, match="led in term 3, and the manager of term 4 has taken over"):
            await power_on(in_term(channel, 3))
        await in_term(channel, 3).describe(MACHINE)
        await power_on(in_term(channel, 4))


async def test_other_leases_and_callers_without_a_term_are_not_compared(plaintext: Any) -> None:
    async with plaintext() as (_, channel):
        await power_on(in_term(channel, 9))
        await power_on(in_term(channel, 1, lease="lease-2"))
        await power_on(in_term(channel, None))


def test_it_remembers_a_bounded_number_of_leases() -> None:
    terms = Terms()
    for number in range(200):
        terms.check(Term(f"lease-{number}", 2))
    terms.check(Term("lease-0", 1))
    with pytest.raises(WrongState):
        terms.check(Term("lease-199", 1))

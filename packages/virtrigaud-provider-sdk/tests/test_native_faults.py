"""Native exceptions become errors of the taxonomy, with the sentence that a person needs."""

import pytest
from prometheus_client import REGISTRY
from virtrigaud_provider_sdk import Busy, NativeFaults, NoCapacity, ProviderError, ProviderFault


class NativeError(Exception):
    """What a driver raises."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"code {code}")
        self.code = code
        self.text = text


KINDS: dict[int, type[ProviderError]] = {28: NoCapacity, 68: Busy}
FAULTS = NativeFaults(
    native=NativeError, kind=lambda error: KINDS.get(error.code, ProviderFault), said=lambda error: error.text
)


@pytest.mark.parametrize(("code", "kind"), [(28, NoCapacity), (68, Busy), (1, ProviderFault)])
def test_l21_the_table_decides_and_the_native_words_are_kept(code: int, kind: type[ProviderError]) -> None:
    native = NativeError(code, "datastore ds1 says no")
    with pytest.raises(kind) as raised, FAULTS.during("power on machine vm-42"):
        raise native
    assert raised.value.message == "cannot power on machine vm-42: datastore ds1 says no"
    assert raised.value.__cause__ is native


@pytest.mark.parametrize("error", [Busy("already ours"), KeyError("a defect")])
def test_errors_of_the_taxonomy_and_defects_pass_unchanged(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, FAULTS.during("do something"):
        raise error
    assert raised.value is error


def test_native_calls_are_counted_by_outcome() -> None:
    def count(outcome: str) -> float:
        labels = {"call": "lookup", "outcome": outcome}
        return REGISTRY.get_sample_value("virtrigaud_provider_hypervisor_calls_total", labels) or 0

    before = count("success"), count("error")
    with FAULTS.during("look", call="lookup"):
        pass
    with pytest.raises(Busy), FAULTS.during("look", call="lookup"):
        raise NativeError(68, "locked")
    assert (count("success"), count("error")) == (before[0] + 1, before[1] + 1)

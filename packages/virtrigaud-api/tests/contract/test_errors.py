"""The error taxonomy: a closed list, each with its own way to recover."""

import inspect

import pytest
from virtrigaud_api import contract
from virtrigaud_api.contract import BY_NAME, TAXONOMY, ProviderError, Recovery


def test_the_taxonomy_is_every_error_of_the_contract() -> None:
    classes = [value for value in vars(contract).values() if inspect.isclass(value)]
    errors = {value for value in classes if issubclass(value, ProviderError) and value is not ProviderError}
    assert errors == set(TAXONOMY)
    assert dict(BY_NAME) == {error.__name__: error for error in TAXONOMY}


def test_every_error_has_a_recovery_and_no_two_share_one() -> None:
    recoveries = [error.recovery for error in TAXONOMY]
    assert sorted(recoveries, key=lambda recovery: recovery.name) == sorted(
        Recovery, key=lambda recovery: recovery.name
    )


@pytest.mark.parametrize("error", TAXONOMY)
def test_an_error_is_its_message(error: type[ProviderError]) -> None:
    raised = error("cannot power on machine vm-42: datastore ds1 is out of space")
    assert (str(raised), raised.message) == (
        raised.message,
        "cannot power on machine vm-42: datastore ds1 is out of space",
    )


@pytest.mark.parametrize("error", TAXONOMY)
def test_an_error_is_documented_by_its_first_sentence(error: type[ProviderError]) -> None:
    assert (error.__doc__ or "").splitlines()[0].endswith(".")

"""What machines take together: the running sums are always those that adding everything up would give."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manifests import vm, vm_class
from virtrigaud_api.v1beta1 import VirtualMachine
from virtrigaud_manager.cluster.cache import Cache
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.dependents import names_of
from virtrigaud_manager.quota.amounts import NOTHING, Amounts, Limited
from virtrigaud_manager.quota.claims import Claim, Claims
from virtrigaud_manager.quota.ledger import claim_of
from virtrigaud_manager.quota.limits import Limit

FOUR_CPUS = (Limit("team", Limited.CPUS, 4),)
NAMES = st.sampled_from("abcdef")


def claim(uid: str, cpus: int, *, waits: bool = False, since: str = "2026-01-01") -> Claim:
    return Claim(waits, since, uid, Amounts(1, cpus))


def claims_of(*claims: Claim) -> Claims:
    made = Claims()
    for each in claims:
        made.put(f"machine-{each.uid}", each)
    return made


def test_machines_that_have_room_come_first_whenever_they_were_made() -> None:
    claims = claims_of(claim("old", 2, waits=True), claim("young", 3, since="2026-02-01"))
    assert claims.taken_before("old", FOUR_CPUS) == Amounts(1, 3)


def test_of_those_that_wait_the_oldest_comes_first() -> None:
    claims = claims_of(claim("b", 2, waits=True, since="2026-01-02"), claim("a", 2, waits=True))
    assert claims.taken_before("a", FOUR_CPUS) == NOTHING
    assert claims.taken_before("b", FOUR_CPUS) == Amounts(1, 2)


def test_one_that_is_too_large_holds_up_nobody_behind_it() -> None:
    claims = claims_of(claim("a", 9, waits=True), claim("b", 4, waits=True))
    assert claims.taken_before("b", FOUR_CPUS) == NOTHING


def test_turns_follow_each_change_and_each_limit() -> None:
    claims = claims_of(claim("a", 4, waits=True), claim("b", 2, waits=True))
    assert claims.taken_before("b", FOUR_CPUS) == Amounts(1, 4)
    assert claims.taken_before("b", (Limit("team", Limited.CPUS, 3),)) == NOTHING
    claims.put("machine-a", claim("a", 1, waits=True))
    assert claims.taken_before("b", FOUR_CPUS) == Amounts(1, 1)
    claims.put("machine-a", None)
    assert claims.taken_before("b", FOUR_CPUS) == NOTHING


def test_a_promise_is_kept_until_its_machine_is_seen_or_its_time_is_up() -> None:
    claims = Claims()
    claims.promise("first", Amounts(1, 2), until=10)
    claims.promise("second", Amounts(1, 3), until=12)
    assert claims.promised_to_others("third", now=9) == Amounts(2, 5)
    assert claims.promised_to_others("first", now=9) == Amounts(1, 3)
    claims.put("second", claim("b", 3))
    assert claims.promised_to_others("third", now=9) == Amounts(1, 2)
    assert claims.promised_to_others("third", now=10) == NOTHING


def test_a_promise_that_is_made_again_counts_once_and_lasts_longer() -> None:
    claims = Claims()
    claims.promise("first", Amounts(1, 2), until=10)
    claims.promise("second", Amounts(1, 1), until=11)
    claims.promise("first", Amounts(1, 4), until=20)
    assert claims.promised_to_others("third", now=10) == Amounts(2, 5)
    assert claims.promised_to_others("third", now=15) == Amounts(1, 4)


def test_a_machine_that_is_there_is_promised_nothing() -> None:
    claims = claims_of(claim("a", 2))
    claims.promise("machine-a", Amounts(1, 2), until=10)
    assert claims.promised_to_others("other", now=0) == NOTHING


@given(st.lists(st.tuples(NAMES, st.one_of(st.none(), st.integers(0, 9)), st.booleans())))
def test_the_sums_are_those_of_all_machines(changes: list[tuple[str, int | None, bool]]) -> None:
    claims, expected = Claims(), dict[str, Claim]()
    for name, cpus, waits in changes:
        made = None if cpus is None else claim(name, cpus, waits=waits)
        claims.put(name, made)
        expected.pop(name, None)
        if made is not None:
            expected[name] = made
        assert claims.taken == total(expected)
        for each in "abcdef":
            others = {other: held for other, held in expected.items() if other != each}
            assert claims.taken_by_others(each) == total(others)


def total(claims: Mapping[str, Claim]) -> Amounts:
    return sum((held.amounts for held in claims.values()), NOTHING)


@pytest.fixture
def counted() -> list[str]:
    return []


@pytest.fixture
def cache(counted: list[str]) -> Cache:
    def count(cache: Cache, found: VirtualMachine) -> Claim:
        counted.append(found.metadata.name)
        return claim_of(cache, found)

    return Cache(names_of, count)


def put(cache: Cache, manifest: Mapping[str, object], version: int) -> ObjectKey:
    kind = ObjectKind(str(manifest["kind"]))
    given = manifest["metadata"]
    assert isinstance(given, dict)
    metadata = {**given, "uid": f"uid-{given['name']}", "resourceVersion": str(version), "generation": 1}
    cache.put(kind, {**manifest, "metadata": metadata})
    return ObjectKey(kind, given["namespace"], given["name"])


def test_nothing_is_counted_before_anybody_asks(cache: Cache, counted: list[str]) -> None:
    put(cache, vm_class(cpu=2), 1)
    put(cache, vm("first"), 2)
    assert counted == []
    assert cache.claims_in("default").taken.cpus == 2
    assert counted == ["first"]


def test_a_machine_among_many_is_counted_alone(cache: Cache, counted: list[str]) -> None:
    put(cache, vm_class(cpu=2), 1)
    for number in range(100):
        put(cache, vm(f"vm-{number}"), number + 2)
    claims = cache.claims_in("default")
    counted.clear()
    put(cache, vm("one-more"), 200)
    assert (claims.taken.machines, claims.taken.cpus, counted) == (101, 202, ["one-more"])


def test_a_class_that_changes_or_goes_changes_what_its_machines_take(cache: Cache) -> None:
    small = put(cache, vm_class(cpu=2), 1)
    put(cache, vm_class("large", cpu=8), 2)
    put(cache, vm("first"), 3)
    gone = put(cache, vm("second"), 4)
    put(cache, vm("third", classRef={"name": "large"}), 5)
    claims = cache.claims_in("default")
    assert claims.taken.cpus == 12
    put(cache, vm_class(cpu=3), 6)
    assert claims.taken.cpus == 14
    cache.remove(gone, "uid-second")
    assert (claims.taken.machines, claims.taken.cpus) == (2, 11)
    cache.remove(small, f"uid-{small.name}")
    assert (claims.taken.machines, claims.taken.cpus) == (2, 8)

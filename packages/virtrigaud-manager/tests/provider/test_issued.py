"""Rings 1 and 2: certificates that the manager issues: whom they name, when they are renewed, and who trusts whom."""

from datetime import timedelta

import pytest
from manager_world import NOW
from manifests import provider, secret
from provider_world import AUTHORITY, CLIENT, DEPLOYMENT, ISSUED_SECRET, KEY, ProviderWorld
from virtrigaud_api.contract import Unavailable
from virtrigaud_api.issuing import Purpose, certificates_of
from virtrigaud_manager.certificates.authority import (
    Authority,
    Rule,
    authority_from,
    followed,
    values_of,
    why_due,
)
from virtrigaud_manager.certificates.peer import Peer, issued, peer_from, why_issue
from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.cluster.store import ClusterError
from virtrigaud_manager.look_again import FAILED_PASS, After

RULE = Rule(timedelta(days=90))
NAMES = tuple(
    f"virtrigaud-provider-default-lab{rest}" for rest in (".default.svc.cluster.local", ".default.svc", ".default", "")
)
ISSUED = {"image": "memory:1", "service": {"tls": {}}}


async def started(world: ProviderWorld) -> None:
    world.apply(provider(runtime=ISSUED), secret("lab-credentials"))
    await world.settle()
    world.pods(1)
    await world.settle()


def peer(world: ProviderWorld, key: ObjectKey) -> Peer:
    found = peer_from(world.store.objects[key]["data"])
    assert found is not None
    return found


def authority(world: ProviderWorld) -> Authority:
    found = authority_from(world.store.objects[AUTHORITY]["data"])
    assert found is not None
    return found


async def test_each_side_has_a_certificate_of_its_own_that_the_other_one_can_verify() -> None:
    async with ProviderWorld() as world:
        await started(world)
        server, client = peer(world, ISSUED_SECRET), peer(world, CLIENT)
        assert (server.pair.dns_names, client.pair.dns_names) == (NAMES, ("virtrigaud-manager.virtrigaud-system.svc",))
        assert server.bundle == client.bundle == authority(world).bundle
        assert authority(world).has_signed(server.pair)
        assert authority(world).has_signed(client.pair)
        assert server.pair.expires - NOW == timedelta(days=90)
        assert world.said_of("TLSConfigured") == (
            "True",
            "Enabled",
            "mutual TLS with certificates that the manager issues and renews",
        )
        container = world.spec_of(DEPLOYMENT)["template"]["spec"]["containers"][0]
        environment = {it["name"]: it.get("value") for it in container["env"]}
        assert environment["VIRTRIGAUD_PROVIDER_ALLOWED_SANS"] == "virtrigaud-manager.virtrigaud-system.svc"
        assert (environment["TLS_ENABLED"], "VIRTRIGAUD_PROVIDER_INSECURE" in environment) == ("true", False)
        volumes = world.spec_of(DEPLOYMENT)["template"]["spec"]["volumes"]
        assert volumes[1] == {"name": "provider-tls", "secret": {"secretName": ISSUED_SECRET.name}}
        owner = world.store.objects[ISSUED_SECRET]["metadata"]["ownerReferences"][0]
        assert owner["uid"] == world.provider().metadata.uid


async def test_l37_what_was_issued_is_not_written_again_and_is_read_once() -> None:
    async with ProviderWorld() as world:
        await started(world)
        world.store.writes.clear()
        for _ in range(3):
            world.now += timedelta(seconds=30)
            await world.look()
        assert world.store.writes == []


async def test_a_renewed_certificate_rolls_no_pod_and_a_new_authority_does() -> None:
    async with ProviderWorld() as world:
        await started(world)
        template, first = world.spec_of(DEPLOYMENT)["template"], peer(world, ISSUED_SECRET)
        world.now += timedelta(days=60)
        await world.look()
        assert peer(world, ISSUED_SECRET).pair.expires == first.pair.expires + timedelta(days=60)
        assert world.spec_of(DEPLOYMENT)["template"] == template
        world.store.delete(AUTHORITY)
        await world.settle()
        assert world.spec_of(DEPLOYMENT)["template"] != template


async def test_the_renewal_is_waited_for_also_without_checks_of_health() -> None:
    async with ProviderWorld() as world:
        world.apply(provider(runtime=ISSUED, healthCheck={"enabled": False}), secret("lab-credentials"))
        await world.settle()
        assert await world.look() == After(timedelta(days=60))
        world.pods(1)
        assert await world.look() == After(timedelta(days=60))


@pytest.mark.parametrize("broken", [ISSUED_SECRET, CLIENT, AUTHORITY], ids=["provider", "manager", "authority"])
async def test_l14_what_was_spoilt_or_deleted_is_issued_again(broken: ObjectKey) -> None:
    async with ProviderWorld() as world:
        await started(world)
        for spoil in ("delete", "edit"):
            if spoil == "delete":
                world.store.delete(broken)
            else:
                document = world.store.objects[broken]
                world.store.put({**document, "data": {**document["data"], "tls.key": b"nonsense"}})
            await world.settle()
            assert authority(world).has_signed(peer(world, ISSUED_SECRET).pair)
            assert authority(world).has_signed(peer(world, CLIENT).pair)


async def test_a_secret_of_somebody_else_is_never_written_over() -> None:
    async with ProviderWorld() as world:
        world.apply(secret(ISSUED_SECRET.name, mine=b"x"))
        await started_without_pods(world)
        assert world.store.objects[ISSUED_SECRET]["data"] == {"mine": b"x"}
        assert world.said_of("ProviderRuntimeReady")[1] == "InvalidConfiguration"
        assert "was not made for it" in world.said_of("ProviderRuntimeReady")[2]


async def started_without_pods(world: ProviderWorld) -> None:
    world.apply(provider(runtime=ISSUED), secret("lab-credentials"))
    await world.settle()


async def test_an_api_server_that_takes_no_certificate_is_quoted_and_asked_again() -> None:
    async with ProviderWorld() as world:

        def forbid(write: str) -> None:
            if str(CLIENT) in write:
                raise ClusterError("secrets is forbidden")

        world.store.before_write = forbid
        await started_without_pods(world)
        expected = f"{CLIENT}: secrets is forbidden"
        assert world.said_of("ProviderRuntimeReady") == ("False", "CertificateError", expected)
        assert await world.look() == FAILED_PASS
        world.store.before_write = lambda _: None
        await world.look()
        assert authority(world).has_signed(peer(world, CLIENT).pair)


async def test_the_manager_has_no_identity_before_one_is_issued() -> None:
    async with ProviderWorld() as world:
        with pytest.raises(Unavailable, match="holds no certificate of the manager yet"):
            await world.keeper.client()
        await started(world)
        first = await world.keeper.client()
        assert await world.keeper.client() is first
        world.store.delete(CLIENT)
        await world.settle()
        assert (await world.keeper.client()).fingerprint != first.fingerprint


async def test_l31_no_key_is_in_an_observation_an_action_or_what_is_said() -> None:
    async with ProviderWorld() as world:
        await started(world)
        key = peer(world, ISSUED_SECRET).pair.key.decode()[60:100]
        observed = await world.providers.observe(KEY)
        identity = await world.keeper.client()
        said = [repr(observed), repr(identity), *world.story, str(world.provider())]
        assert not [text for text in said if key in text]
        assert b"PRIVATE" in peer(world, ISSUED_SECRET).pair.key


def test_an_authority_is_trusted_before_it_signs_and_after_it_has_ceased_to() -> None:
    now = NOW
    first = followed(None, RULE, now)
    assert why_due(first, RULE, now) is None
    now += RULE.authority_lifetime * 2 / 3
    assert why_due(first, RULE, now) == "two thirds of its life are over"
    second = followed(first, RULE, now)
    assert (second.current, len(second.trusted)) == (first.current, 2)
    assert why_due(second, RULE, now) is None
    now += RULE.overlap
    third = followed(second, RULE, now)
    assert third.current == second.following
    assert third.trusted == (third.current.certificate, first.current.certificate)
    now = first.current.expires + timedelta(seconds=1)
    fourth = followed(third, RULE, now)
    assert first.current.certificate not in fourth.trusted


def test_an_authority_that_has_ended_is_replaced() -> None:
    first = followed(None, RULE, NOW)
    late = first.current.expires
    assert why_due(first, RULE, late) == "there is none that can be used"
    assert first.current.certificate not in followed(first, RULE, late).trusted


def test_an_authority_survives_its_secret() -> None:
    first = followed(None, RULE, NOW)
    second = followed(first, RULE, NOW + RULE.authority_lifetime * 2 / 3)
    assert authority_from(values_of(second)) == second
    assert certificates_of(second.bundle) == second.trusted
    assert authority_from({**values_of(first), "ca.crt": b"nonsense"}) is None
    assert authority_from(None) is None


def test_why_a_certificate_is_issued_is_said() -> None:
    ours, other = followed(None, RULE, NOW), followed(None, RULE, NOW)
    good = issued(ours, NAMES, Purpose.SERVER, RULE, NOW)
    said = [
        why_issue(None, ours, NAMES, NOW),
        why_issue(good, ours, NAMES, NOW),
        why_issue(good, ours, ("other",), NOW),
        why_issue(good, other, NAMES, NOW),
        why_issue(Peer(good.pair, other.bundle), other, NAMES, NOW),
        why_issue(good, ours, NAMES, NOW + timedelta(days=60)),
    ]
    assert said == [
        "there is none that can be used",
        None,
        "it is for other names",
        "whom to trust has changed",
        "it is of another authority",
        "two thirds of its life are over",
    ]

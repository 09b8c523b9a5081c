"""Ring 2: the conditions that say how a machine is, in the words that a person reads."""

from manager_world import World
from manifests import vm, vm_class
from virtrigaud_api.contract import Unavailable


def facts(world: World) -> dict[str, tuple[str, str, str]]:
    """Return what is said beside the conditions that say what is done."""
    done = ("Ready", "Provisioning", "Reconfiguring", "Deleting")
    conditions = world.vm().status.conditions
    return {c.type: (c.status.value, c.reason, c.message) for c in conditions if c.type not in done}


async def test_a_machine_that_is_as_described_says_so(world: World) -> None:
    world.furnish()
    world.apply(vm(networks=[{"name": "eth0"}]))
    await world.settle()
    (address,) = world.vm().status.ips
    assert facts(world) == {
        "Provisioned": ("True", "MachineExists", "machine vm-1 is on Provider default/lab"),
        "ProviderAvailable": ("True", "Answering", "Provider default/lab answers"),
        "PowerStateMatches": ("True", "AsDescribed", "On, as described"),
        "ResourcesMatch": ("True", "AsDescribed", "2 CPUs, 4096 MiB, as described"),
        "AddressAssigned": ("True", "AddressKnown", address),
        "RestartRequired": ("False", "NoRestartPending", "no change waits for a restart"),
        "RecreateRequired": (
            "False",
            "AsDescribed",
            "nothing that is chosen once has changed since the machine was made",
        ),
        "DriftDetected": ("False", "AsDescribed", "nobody changed the machine on the hypervisor"),
    }


async def test_what_waits_for_a_restart_differs_and_is_no_drift() -> None:
    async with World(reconfigure_online=False) as world:
        world.furnish()
        world.apply(vm())
        await world.settle()
        world.apply(vm_class(memory="8Gi"), vm(resources={"cpu": 4}))
        await world.settle()
        differs = "2 CPUs, wanted 4 (spec.resources.cpu); 4096 MiB, wanted 8192 MiB (VMClass default/small spec.memory)"
        said = facts(world)
        assert said["ResourcesMatch"] == ("False", "PendingRestart", differs)
        assert said["RestartRequired"][:2] == ("True", "PendingRestart")
        assert said["DriftDetected"][0] == "False"


async def test_a_machine_that_is_not_made_yet_says_why_and_claims_nothing_more(world: World) -> None:
    world.apply(vm())
    await world.settle()
    assert facts(world) == {"Provisioned": ("False", "NotMade", "no machine was made yet")}


async def test_l22_a_provider_that_does_not_answer_is_not_available_and_the_machine_is_not_known(world: World) -> None:
    world.furnish()
    world.apply(vm())
    await world.settle()
    world.links.cut = Unavailable("connection refused")
    world.wake()
    await world.settle()
    said = facts(world)
    assert said["ProviderAvailable"] == ("False", "ProviderUnavailable", "connection refused")
    unseen = ("Unknown", "NotSeen", "the machine can't be seen")
    assert [said[name] for name in ("PowerStateMatches", "ResourcesMatch", "DriftDetected")] == [unseen] * 3
    assert said["Provisioned"][0] == "True"

    world.links.cut = Unavailable("broken pipe")
    world.wake()
    await world.settle()
    assert facts(world)["ProviderAvailable"][2] == "connection refused"

    world.links.cut = None
    world.wake()
    await world.settle()
    assert facts(world)["ProviderAvailable"][0] == "True"


async def test_a_machine_that_is_off_has_no_address_and_is_as_described(world: World) -> None:
    world.furnish()
    world.apply(vm(powerState="Off"))
    await world.settle()
    said = facts(world)
    assert said["AddressAssigned"] == ("False", "NoAddress", "the machine is not running")
    assert said["PowerStateMatches"] == ("True", "AsDescribed", "Off, as described")


async def test_a_spec_that_can_not_be_honoured_is_compared_with_nothing(world: World) -> None:
    world.furnish()
    world.apply(vm())
    await world.settle()
    world.apply(vm(placementRef={"name": "spread"}))
    await world.settle()
    assert facts(world)["ResourcesMatch"] == (
        "Unknown",
        "NotKnown",
        "what is wanted can't be told; see the condition Ready",
    )

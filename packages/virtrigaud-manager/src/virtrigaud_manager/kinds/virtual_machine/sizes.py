"""How large a machine is, in words. Pure."""

from virtrigaud_api.contract import MiB


def cpus(count: int) -> str:
    """Say how many CPUs there are."""
    return f"{count} CPU{'s' if count != 1 else ''}"


def resources(count: int, memory: MiB) -> str:
    """Say how many CPUs and how much memory there are."""
    return f"{cpus(count)}, {memory} MiB"

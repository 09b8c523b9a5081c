"""The process of the memory provider: settings from flags and environment, served until SIGTERM."""

from virtrigaud_provider_sdk.serve import run_provider

from virtrigaud_provider_memory.provider import MemoryProvider
from virtrigaud_provider_memory.settings import MemorySettings


def main() -> None:
    """Run the provider."""
    run_provider(MemoryProvider, MemorySettings)


if __name__ == "__main__":
    main()

"""The process of the libvirt provider: settings from flags and environment, served until SIGTERM."""

from virtrigaud_provider_sdk.serve import run_provider
from virtrigaud_provider_sdk.task_journal import TaskJournal

from virtrigaud_provider_libvirt.provider import LibvirtProvider
from virtrigaud_provider_libvirt.settings import LibvirtSettings


def main() -> None:
    """Run the provider."""
    run_provider(
        lambda settings: LibvirtProvider(settings, TaskJournal(settings.task_journal)),
        LibvirtSettings,
    )


if __name__ == "__main__":
    main()

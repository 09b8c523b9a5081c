"""Everything that the author of a provider imports.

A provider implements `MachineProvider`, and those facets (`Snapshots`, `Clones`, `Images`, `DiskTransfer`,
`Watch`, `TaskCancellation`, `OwnerSearch`) that its hypervisor has; it raises the errors of the taxonomy and
nothing else.
`run_provider(make_provider, settings_class)` is its whole `main()`.
"""

import virtrigaud_api.wire.tls_floor  # isort: split # noqa: F401 - must precede every import of grpc
from virtrigaud_api import contract as _contract
from virtrigaud_api.address_policy import AddressPolicy
from virtrigaud_api.contract import *  # noqa: F403 - all that crosses the port is importable from here by name

from virtrigaud_provider_sdk.blocking import BlockingPool
from virtrigaud_provider_sdk.certificate_reload import StartRefused
from virtrigaud_provider_sdk.cloud_init import (
    ConfigDriveSeed,
    NoCloudSeed,
    UserDataPart,
    UserDataType,
    ignition_config,
    multipart_user_data,
    owners_network_config,
)
from virtrigaud_provider_sdk.credential_files import CredentialFiles
from virtrigaud_provider_sdk.event_stream import EventHub
from virtrigaud_provider_sdk.native_faults import NativeFaults
from virtrigaud_provider_sdk.serve import run_provider, serve
from virtrigaud_provider_sdk.server import ProviderServer
from virtrigaud_provider_sdk.settings import ProviderSettings
from virtrigaud_provider_sdk.spec_checks import check_spec, refuse_all_but
from virtrigaud_provider_sdk.task_book import BookLimits, TaskBook, task_key
from virtrigaud_provider_sdk.task_journal import Resumable, TaskJournal

__all__ = [
    "AddressPolicy",
    "BlockingPool",
    "BookLimits",
    "ConfigDriveSeed",
    "CredentialFiles",
    "EventHub",
    "NativeFaults",
    "NoCloudSeed",
    "ProviderServer",
    "ProviderSettings",
    "Resumable",
    "StartRefused",
    "TaskBook",
    "TaskJournal",
    "UserDataPart",
    "UserDataType",
    "check_spec",
    "ignition_config",
    "multipart_user_data",
    "owners_network_config",
    "refuse_all_but",
    "run_provider",
    "serve",
    "task_key",
]
__all__ += _contract.__all__

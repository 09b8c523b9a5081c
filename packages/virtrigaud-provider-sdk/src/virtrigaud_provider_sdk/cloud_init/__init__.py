"""What a guest reads at its first boot: documents, and the volumes that carry them.

`NoCloudSeed` and `ConfigDriveSeed` are the two volumes that cloud-init looks for; `multipart_user_data`
joins several user data into one; `ignition_config` and `owners_network_config` judge what guests read.
Nothing here invents a user, a password or a key, and what is held never shows in a repr, a log or an error.
"""

from virtrigaud_api.user_data_archive import UserDataPart, UserDataType, multipart_user_data

from virtrigaud_provider_sdk.cloud_init.config_drive import ConfigDriveSeed
from virtrigaud_provider_sdk.cloud_init.ignition import ignition_config
from virtrigaud_provider_sdk.cloud_init.meta_data import owners_network_config
from virtrigaud_provider_sdk.cloud_init.no_cloud import NoCloudSeed

__all__ = [
    "ConfigDriveSeed",
    "NoCloudSeed",
    "UserDataPart",
    "UserDataType",
    "ignition_config",
    "multipart_user_data",
    "owners_network_config",
]

"""Where the disk bytes of a migration rest between two providers: a PVC, an NFS export or an S3 bucket.

`open_staging` opens the one object that a `StagingPlace` names; `stage_file` and `fetch_staged` move a file to it
and from it. What is staged appears whole or not at all, and only what was staged by VirtRigaud is ever removed.
"""

from virtrigaud_provider_sdk.staging.files import fetch_staged, stage_file
from virtrigaud_provider_sdk.staging.opening import StagingSettings, open_staging
from virtrigaud_provider_sdk.staging.place import Staged, Staging

__all__ = ["Staged", "Staging", "StagingSettings", "fetch_staged", "open_staging", "stage_file"]

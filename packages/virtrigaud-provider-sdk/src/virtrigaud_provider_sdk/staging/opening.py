"""From the words of the contract to an open staging place."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from virtrigaud_api.address_policy import AddressPolicy
from virtrigaud_api.contract import Backend, StagingPlace, Unsupported

from virtrigaud_provider_sdk.retries import Retries
from virtrigaud_provider_sdk.settings import ProviderSettings
from virtrigaud_provider_sdk.staging.nfs import nfs_staging
from virtrigaud_provider_sdk.staging.place import Staging
from virtrigaud_provider_sdk.staging.pvc import pvc_staging


@dataclass(frozen=True, slots=True, kw_only=True)
class StagingSettings:
    """What a provider brings to all staging places.

    Attributes:
        mount_root: Prefix of the mount points (`ProviderSettings.mount_root`).
        policy: Which addresses an S3 endpoint may have.
    """

    mount_root: Path = Path("/")
    policy: AddressPolicy = AddressPolicy()
    retries: Retries = Retries()

    @classmethod
    def of(cls, settings: ProviderSettings) -> Self:
        """Take what the process was told."""
        return cls(mount_root=settings.mount_root, policy=settings.address_policy)


@asynccontextmanager
async def open_staging(place: StagingPlace, settings: StagingSettings) -> AsyncIterator[Staging]:
    """Open the object that a place names; nothing is read or written yet.

    Raises:
        InvalidSpec: The address or an option cannot be right.
        NotFound: The claim or the export is not mounted here.
        Refused: The credentials are not complete.
        Unsupported: The backend's libraries are not installed.
    """
    match place.backend:
        case Backend.PVC:
            yield pvc_staging(place, settings.mount_root)
        case Backend.NFS:
            yield nfs_staging(place, settings.mount_root)
        case Backend.S3:
            try:
                from virtrigaud_provider_sdk.staging.s3 import open_s3_staging  # noqa: PLC0415 - an extra
            except ModuleNotFoundError as error:
                missing = f"virtrigaud-provider-sdk[s3] is not installed ({error.name} is missing)"
                raise Unsupported(f"cannot stage disks in S3: {missing}") from None
            async with open_s3_staging(place, settings.policy, settings.retries) as staging:
                yield staging

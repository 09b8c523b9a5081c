"""A staging place on an NFS export, which the pod has mounted: this process speaks no NFS itself.

The address is `nfs://<server>/<export>/<path>`; the export is mounted at
`<mount root>/mnt/migration-nfs/<server>/<export>`. `uid` and `gid` come by the options or the address's query.
"""

import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import parse_qs, urlsplit

from virtrigaud_api.contract import InvalidSpec, NotFound, StagingOption, StagingPlace

from virtrigaud_provider_sdk.staging.directory import DirectoryStaging, FileOwner
from virtrigaud_provider_sdk.staging.pvc import address_parts

MOUNT_FOLDER: Final = "mnt/migration-nfs"
"""Where exports are mounted: one folder for a server, the export's path below."""

_OWNER: Final = (StagingOption.UID, StagingOption.GID)
_LARGEST_ID: Final = (1 << 32) - 1


def nfs_staging(
    place: StagingPlace, mount_root: Path, *, is_mount: Callable[[Path], bool] = os.path.ismount
) -> DirectoryStaging:
    """Return the file that the address names.

    Raises:
        InvalidSpec: The address is none of an export, its path climbs, or an owner is no number.
        NotFound: No export on that path is mounted here. A folder without a mount is not taken for one: what was
            written there would be gone with the pod.
    """
    server, path = address_parts(place.url, "nfs")
    below = PurePosixPath(path)
    if ".." in below.parts:
        raise InvalidSpec(f"the staging path {path!a} is not one below its root")
    base = mount_root / MOUNT_FOLDER / server
    for export in below.parents:
        if is_mount(base / export):
            owner = _owner(place)
            return DirectoryStaging(base / export, below.relative_to(export), owner=owner, makes_folders=False)
    raise NotFound(f"no export of the NFS server {server} on the way to /{path} is mounted in this provider")


def _owner(place: StagingPlace) -> FileOwner | None:
    """Return whom the file is given to: both numbers, or nobody in particular."""
    query = parse_qs(urlsplit(place.url).query)
    found = [place.options.get(name) or next(iter(query.get(name, ())), None) for name in _OWNER]
    if any(value is None for value in found):
        return None
    if not all(str(value).isdecimal() and int(str(value)) <= _LARGEST_ID for value in found):
        raise InvalidSpec("uid and gid of an NFS staging place must be numbers")
    uid, gid = (int(str(value)) for value in found)
    return FileOwner(uid, gid)

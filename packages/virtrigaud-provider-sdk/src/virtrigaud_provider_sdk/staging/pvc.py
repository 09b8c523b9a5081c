"""A staging place on a PersistentVolumeClaim, which the manager has mounted into the provider's pod.

The address is `pvc://<claim>/<path>`; the claim is mounted at `<mount root>/mnt/migration-storage/<claim>`.
"""

from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

from virtrigaud_api.contract import InvalidSpec, NotFound, StagingPlace

from virtrigaud_provider_sdk.staging.directory import DirectoryStaging

MOUNT_FOLDER: Final = "mnt/migration-storage"
"""Where claims are mounted, one folder each."""


def pvc_staging(place: StagingPlace, mount_root: Path) -> DirectoryStaging:
    """Return the file that the address names.

    Raises:
        InvalidSpec: The address is none of a claim, or its path climbs.
        NotFound: The claim is not mounted here.
    """
    claim, path = address_parts(place.url, "pvc")
    root = mount_root / MOUNT_FOLDER / claim
    if not root.is_dir():
        raise NotFound(f"the PersistentVolumeClaim {claim} is not mounted in this provider (looked for {root})")
    return DirectoryStaging(root, PurePosixPath(path))


def address_parts(url: str, scheme: str) -> tuple[str, str]:
    """Take an address apart: who has it (a claim, a server, a bucket), and the path there without its first slash.

    Raises:
        InvalidSpec: It is no address of that scheme.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        raise InvalidSpec(f"the staging address cannot be read: it must begin with {scheme}://") from None
    owner, path = parts.netloc, unquote(parts.path).lstrip("/")
    if parts.scheme != scheme or not path:
        raise InvalidSpec(f"the staging address must be {scheme}://<name>/<path>")
    if not owner or owner in {".", ".."} or not set(owner) <= _OWNER_CHARACTERS:
        raise InvalidSpec(f"the staging address {scheme}:// names {owner!a}, which cannot be")
    return owner, path


_OWNER_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]")

"""Puts a pod's volumes below its root folder and keeps the files of Secrets and ConfigMaps current.

Called by `pod`. Files are replaced as a kubelet does it: all of them at once, by turning one symbolic link,
so that a reader never sees a new certificate with an old key. Only the owner can read anything.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from virtrigaud_cli.podrunner.cluster_view import ClusterView, NotYet
from virtrigaud_cli.podrunner.pod_template import (
    ClaimVolume,
    ConfigMapVolume,
    EmptyDirectory,
    KeyToPath,
    Mount,
    ProviderDeployment,
    SecretVolume,
    UnsupportedVolume,
)

REASON_MOUNT: Final = "FailedMount"
_CURRENT: Final = "..data"
_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o600


def mount_volumes(deployment: ProviderDeployment, view: ClusterView, root: Path, claims: Path) -> None:
    """Create or refresh everything that the pod mounts.

    Raises:
        NotYet: a Secret, ConfigMap or key is missing, or a volume is of a kind that only a node has.
    """
    scratch_folder(root).mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
    for mount in sorted(deployment.container.mounts, key=lambda mount: mount.path):
        _mount(mount, deployment.namespace, view, root, claims)


def scratch_folder(root: Path) -> Path:
    """The pod's own folder for temporary files."""
    return root / "tmp"


def _mount(mount: Mount, namespace: str, view: ClusterView, root: Path, claims: Path) -> None:
    place = _inside(root, mount.path)
    match mount.volume:
        case SecretVolume(name, items, optional):
            source = f"Secret {namespace}/{name}"
            contents = _required(source, view.secret(namespace, name), optional=optional)
            publish_files(place, _selected(source, contents, items, optional=optional))
        case ConfigMapVolume(name, items, optional):
            source = f"ConfigMap {namespace}/{name}"
            contents = _required(source, view.config_map(namespace, name), optional=optional)
            publish_files(place, _selected(source, contents, items, optional=optional))
        case EmptyDirectory():
            place.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
        case ClaimVolume(claim):
            _link_claim(place, claims / namespace / claim)
        case UnsupportedVolume(kind):
            raise NotYet(REASON_MOUNT, f"volume {mount.name}: {kind} is not to be had locally")


def publish_files(place: Path, files: Mapping[str, bytes]) -> bool:
    """Make the folder hold exactly these files, changing all at once; says whether anything changed."""
    place.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
    current = place / _CURRENT
    if current.exists() and _contents(current) == dict(files):
        return False
    version = Path(tempfile.mkdtemp(prefix="..", dir=place))
    for name, content in files.items():
        target = _inside(version, name)
        target.parent.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    former = current.resolve() if current.is_symlink() else None
    _turn_link(current, version.name)
    _expose(place, {PurePosixPath(name).parts[0] for name in files})
    if former is not None:
        shutil.rmtree(former, ignore_errors=True)
    return True


def _expose(place: Path, names: set[str]) -> None:
    for entry in place.iterdir():
        if entry.is_symlink() and entry.name != _CURRENT and entry.name not in names:
            entry.unlink()
    for name in names:
        if not (place / name).is_symlink():
            (place / name).symlink_to(f"{_CURRENT}/{name}")


def _turn_link(link: Path, target: str) -> None:
    draft = link.with_name("..data_draft")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    draft.replace(link)


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def _selected(
    source: str, contents: Mapping[str, bytes], items: tuple[KeyToPath, ...], *, optional: bool
) -> dict[str, bytes]:
    if not items:
        return dict(contents)
    missing = [item.key for item in items if item.key not in contents]
    if missing and not optional:
        raise NotYet(REASON_MOUNT, f"{source} has no key {', '.join(missing)}")
    return {item.path: contents[item.key] for item in items if item.key in contents}


def _required(source: str, contents: Mapping[str, bytes] | None, *, optional: bool) -> Mapping[str, bytes]:
    if contents is None and not optional:
        raise NotYet(REASON_MOUNT, f"{source} does not exist")
    return contents or {}


def _link_claim(place: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
    place.parent.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
    if not place.is_symlink():
        place.symlink_to(folder, target_is_directory=True)


def _inside(root: Path, path: str) -> Path:
    parts = PurePosixPath(path.lstrip("/")).parts
    if not parts or ".." in parts:
        raise NotYet(REASON_MOUNT, f"the path {path!r} leads out of the pod")
    return root.joinpath(*parts)

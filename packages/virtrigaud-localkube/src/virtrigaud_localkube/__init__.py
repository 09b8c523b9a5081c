"""An embedded Kubernetes API server for laptops and tests.

`LocalKube` runs it inside a Python program, `LocalKubeProcess` as a process of its own. Both are loaded when they are
asked for: the pytest plugin of this package must not slow down test runs that don't use it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from virtrigaud_localkube.local_kube import LocalKube
    from virtrigaud_localkube.settings import SettingsError
    from virtrigaud_localkube.testing.server_process import LocalKubeProcess

__all__ = ["LocalKube", "LocalKubeProcess", "SettingsError"]

_HOMES = {"LocalKube": "local_kube", "LocalKubeProcess": "testing.server_process", "SettingsError": "settings"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

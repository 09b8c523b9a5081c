"""An embedded Kubernetes API server for laptops and tests."""

from virtrigaud_localkube.local_kube import LocalKube
from virtrigaud_localkube.settings import SettingsError

__all__ = ["LocalKube", "SettingsError"]

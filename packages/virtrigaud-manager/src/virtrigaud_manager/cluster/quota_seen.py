"""ResourceQuotas as far as the manager reads them."""

from collections.abc import Mapping
from dataclasses import dataclass

from virtrigaud_manager.cluster.object_key import ObjectKey


@dataclass(frozen=True, slots=True)
class QuotaSeen:
    """A ResourceQuota.

    Attributes:
        hard: The most of each thing, as it was written.
        used: What is used of it, as the status tells.
        is_counted: Kubernetes' own controller has looked at the quota; an embedded API server has none.
    """

    key: ObjectKey
    uid: str
    resource_version: str
    hard: Mapping[str, str]
    used: Mapping[str, str]
    is_counted: bool

"""The base of every model: camelCase in manifests, snake_case in Python, frozen, nothing lost.

Fields that this version does not know survive a round trip; what was never set is never written; an explicit
false, 0 or empty list is written again. Every model of this package builds on it; kinds add `kube_object`.
"""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from virtrigaud_api.v1beta1.spelling import camel_case


class KubeModel(BaseModel):
    """A part of a manifest."""

    model_config = ConfigDict(
        alias_generator=camel_case,
        defer_build=True,
        extra="allow",
        frozen=True,
        hide_input_in_errors=True,
        validate_by_alias=True,
        validate_by_name=True,
    )

    @classmethod
    def from_manifest(cls, document: Mapping[str, Any]) -> Self:
        """Read a part of a manifest, in which only the camelCase names are fields.

        Raises:
            pydantic.ValidationError: with one entry for every mistake and its field path.
        """
        return cls.model_validate(document, by_alias=True, by_name=False)

    def to_manifest(self) -> dict[str, Any]:
        """Write what was set, with camelCase names and JSON values."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)

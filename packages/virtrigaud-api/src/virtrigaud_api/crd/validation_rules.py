"""What the API server checks across fields: CEL rules, each with a message that says what to write instead.

A rule belongs to the model whose value it sees as `self`. Rules stay cheap: no loops, no text matching; bounds
and patterns of single fields are with the fields, uniqueness in lists is by list-map keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.network_ref import NetworkRef
from virtrigaud_api.v1beta1.virtual_machine import VirtualMachineSpec
from virtrigaud_api.v1beta1.vm_image_source import ImageSource


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition that must hold, what is said when it does not, and the field that is to blame."""

    condition: str
    message: str
    field_path: str = ""

    def to_schema(self) -> dict[str, str]:
        """Write the rule as an item of x-kubernetes-validations."""
        rule = {"rule": self.condition, "message": self.message}
        return rule | ({"fieldPath": self.field_path} if self.field_path else {})


_PROVIDER_IS_IMMUTABLE = Rule(
    condition="self.providerRef == oldSelf.providerRef",
    message="providerRef cannot be changed; move the machine with a VMMigration, or delete it and create it anew",
    field_path=".providerRef",
)
_IMAGE_OR_DISK = Rule(
    condition="has(self.imageRef) != has(self.importedDisk)",
    message="name the root disk by exactly one of imageRef (made from an image) and importedDisk (exists already)",
)
_ADDRESS_NEEDS_PREFIX = Rule(
    condition="!has(self.ipAddress) || has(self.prefix)",
    message="a static ipAddress needs prefix, the length of the network prefix in bits, for example 24",
    field_path=".prefix",
)
_SOME_SOURCE = Rule(
    condition=" || ".join(f"has(self.{field.alias})" for field in ImageSource.model_fields.values()),
    message=f"name at least one source: {', '.join(str(field.alias) for field in ImageSource.model_fields.values())}",
)

RULES: Mapping[type[KubeModel], tuple[Rule, ...]] = {
    VirtualMachineSpec: (_PROVIDER_IS_IMMUTABLE, _IMAGE_OR_DISK),
    NetworkRef: (_ADDRESS_NEEDS_PREFIX,),
    ImageSource: (_SOME_SOURCE,),
}

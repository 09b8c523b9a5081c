"""What the API server checks across fields: CEL rules, each with a message that says what to write instead.

A rule belongs to the model whose value it sees as `self`. Rules stay within the cost that Kubernetes allows: they
loop over bounded lists only and match no text. Bounds and patterns of single fields are with the fields,
uniqueness in lists is by list-map keys.
"""

from collections.abc import Mapping
from typing import Final

from virtrigaud_api.crd import infrastructure_rules, machine_rules, operation_rules
from virtrigaud_api.crd.rule import Rule
from virtrigaud_api.v1beta1.kube_model import KubeModel

RULES: Final[Mapping[type[KubeModel], tuple[Rule, ...]]] = {
    **machine_rules.RULES,
    **infrastructure_rules.RULES,
    **operation_rules.RULES,
}
"""Every rule, by the model that it checks."""

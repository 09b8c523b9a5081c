"""Nobody gives away what they don't have: roles and bindings are checked against the rules of who writes them.

Who has the verb `escalate` on a role, or `bind` on the role that a binding names, is exempt.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from virtrigaud_localkube.admission.request import AdmissionRequest
from virtrigaud_localkube.api_error import forbidden, not_found
from virtrigaud_localkube.authorization.access import Access, PolicyRule
from virtrigaud_localkube.authorization.identity import Identity
from virtrigaud_localkube.authorization.rbac import Rbac, rules_in
from virtrigaud_localkube.document import Document
from virtrigaud_localkube.registry.builtin import RBAC_GROUP

_ANY: Final = frozenset({"*"})
_EVERYTHING: Final = (PolicyRule(_ANY, _ANY, _ANY), PolicyRule(verbs=_ANY, paths=_ANY))
_ROLE_PLURALS: Final = {"Role": "roles", "ClusterRole": "clusterroles"}


class Escalation:
    """Checks writes of roles and bindings."""

    def __init__(self, rbac: Rbac) -> None:
        self._rbac = rbac

    def check(self, request: AdmissionRequest) -> None:
        """Refuses a write that would give somebody more than the writer has.

        Raises:
            ApiError: It would (403), or the role that a binding names isn't there (404).
        """
        document = request.document
        if request.resource.group != RBAC_GROUP or document is None or request.options.who.is_master:
            return
        if request.resource.kind in _ROLE_PLURALS:
            self._check_role(request, document)
        else:
            self._check_binding(request, document)

    def _check_role(self, request: AdmissionRequest, role: Document) -> None:
        old = request.old or {}
        if (role.get("rules"), role.get("aggregationRule")) == (old.get("rules"), old.get("aggregationRule")):
            return
        given = _EVERYTHING if role.get("aggregationRule") else rules_in(role)
        wanted = Access("escalate", RBAC_GROUP, request.resource.plural, "", request.key.namespace, request.key.name)
        self._check(request, wanted, given)

    def _check_binding(self, request: AdmissionRequest, binding: Document) -> None:
        old = request.old or {}
        if (binding["roleRef"], binding.get("subjects")) == (old.get("roleRef"), old.get("subjects")):
            return
        reference = binding["roleRef"]
        plural = _ROLE_PLURALS[reference["kind"]]
        wanted = Access("bind", RBAC_GROUP, plural, "", request.key.namespace, reference["name"])
        given = self._rbac.rules_of_role(reference, request.key.namespace)
        if given is None:
            if self._rbac.decide(request.options.who, wanted).is_allowed:
                return
            raise not_found(request.resource.subject(reference["name"]))
        self._check(request, wanted, given)

    def _check(self, request: AdmissionRequest, exemption: Access, given: Sequence[PolicyRule]) -> None:
        who = request.options.who
        if self._rbac.decide(who, exemption).is_allowed:
            return
        missing = self._missing(who, request.key.namespace, given)
        if missing:
            groups = ", ".join(f'"{group}"' for group in who.groups)
            listed = "\n".join(str(part.rule().document()) for part in missing)
            why = (
                f'user "{who.name}" (groups=[{groups}]) is attempting to grant RBAC permissions not currently held:\n'
                f"{listed}"
            )
            raise forbidden(request.resource.subject(request.key.name), why)

    def _missing(self, who: Identity, namespace: str, given: Iterable[PolicyRule]) -> list[Access]:
        held = [grant.rule for grant in self._rbac.grants(who, namespace)]
        return [part for rule in given for part in rule.parts() if not any(own.allows(part) for own in held)]

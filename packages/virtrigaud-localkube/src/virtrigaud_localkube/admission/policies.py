"""ValidatingAdmissionPolicies: expressions that a request must satisfy where a binding puts them in force.

Parameters (`paramKind`) are not offered; a policy that asks for them is refused when it is created.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from virtrigaud_localkube.admission.kind_rules import POLICY_VARIABLES
from virtrigaud_localkube.admission.matching import Scope
from virtrigaud_localkube.admission.request import AdmissionRequest
from virtrigaud_localkube.admission.webhooks import condition_values
from virtrigaud_localkube.api_error import ApiError
from virtrigaud_localkube.document import Document
from virtrigaud_localkube.registry.builtin import NAMESPACES, POLICIES, POLICY_BINDINGS
from virtrigaud_localkube.schema import expressions
from virtrigaud_localkube.storage.store import Store
from virtrigaud_localkube.storage.stored import Key

_CODES: Final = {"Invalid": 422, "Forbidden": 403, "Unauthorized": 401, "RequestEntityTooLarge": 413}


class Policies:
    """Evaluates the policies in force."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def check(self, request: AdmissionRequest) -> list[str]:
        """Checks a request and returns warnings.

        Raises:
            ApiError: A policy denies it.
        """
        warnings = []
        for binding, policy in self._in_force(request):
            name, actions = binding["metadata"]["name"], binding["spec"].get("validationActions") or ["Deny"]
            for failure in self._failures(policy, request):
                text = f"ValidatingAdmissionPolicy '{policy['metadata']['name']}' with binding '{name}'"
                if "Deny" in actions:
                    reason = failure["reason"]
                    raise ApiError(_CODES.get(reason, 422), reason, f"{text} denied request: {failure['message']}")
                if "Warn" in actions:
                    warnings.append(f"Validation failed for {text}: {failure['message']}")
        return warnings

    def _in_force(self, request: AdmissionRequest) -> Iterator[tuple[Document, Document]]:
        for stored in self._store.objects(POLICY_BINDINGS):
            binding = stored.document()
            found = self._store.get(Key(POLICIES, "", binding["spec"].get("policyName", "")))
            if found is None:
                continue
            policy = found.document()
            limits = binding["spec"].get("matchResources")
            if self._is_in_scope(policy["spec"].get("matchConstraints") or {}, request) and (
                not limits or self._is_in_scope(limits, request)
            ):
                yield binding, policy

    def _is_in_scope(self, constraints: Mapping[str, Any], request: AdmissionRequest) -> bool:
        everything = [{"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": ["*"]}]
        rules = constraints.get("resourceRules") or everything
        every_operation = [
            {**rule, "operations": ["*"] if "*" in rule["operations"] else rule["operations"]} for rule in rules
        ]
        return Scope.parse(every_operation, constraints).takes(request, self._store)

    def _failures(self, policy: Document, request: AdmissionRequest) -> Iterator[dict[str, str]]:
        spec = policy["spec"]
        namespace = self._store.get(Key(NAMESPACES, "", request.key.namespace)) if request.key.namespace else None
        values = {
            **condition_values(request),
            "params": None,
            "namespaceObject": namespace.document() if namespace else None,
            "variables": {},
        }
        try:
            for condition in spec.get("matchConditions") or ():
                if expressions.evaluate(condition["expression"], values, POLICY_VARIABLES) is not True:
                    return
            for variable in spec.get("variables") or ():
                found = expressions.evaluate(variable["expression"], values, POLICY_VARIABLES)
                values["variables"] = {**values["variables"], variable["name"]: found}
            for validation in spec.get("validations") or ():
                if expressions.evaluate(validation["expression"], values, POLICY_VARIABLES) is not True:
                    yield _failure(validation, values)
        except expressions.ExpressionError as error:
            if spec.get("failurePolicy") != "Ignore":
                yield {"reason": "Invalid", "message": f"expression can't be evaluated: {error}"}


def _failure(validation: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, str]:
    message = validation.get("message") or f"failed expression: {validation['expression']}"
    if validation.get("messageExpression"):
        message = str(expressions.evaluate(validation["messageExpression"], values, POLICY_VARIABLES))
    return {"reason": validation.get("reason") or "Invalid", "message": message}

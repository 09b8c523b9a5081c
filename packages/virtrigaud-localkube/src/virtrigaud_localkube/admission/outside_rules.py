"""All rules that users brought into the server, in the order of the Kubernetes API: mutate, validate, then policies."""

from typing import Final

from virtrigaud_localkube.admission.policies import Policies
from virtrigaud_localkube.admission.request import AdmissionRequest
from virtrigaud_localkube.admission.webhooks import WebhookCaller
from virtrigaud_localkube.registry.builtin import MUTATING_WEBHOOKS, POLICY_BINDINGS, VALIDATING_WEBHOOKS
from virtrigaud_localkube.storage.store import Store

_SOURCES: Final = (MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS, POLICY_BINDINGS)
_EXEMPT_GROUPS: Final = frozenset({"admissionregistration.k8s.io"})


class OutsideRules:
    """Asks webhooks and policies about requests."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._webhooks = WebhookCaller(store)
        self._policies = Policies(store)

    async def close(self) -> None:
        """Closes the connections to webhooks."""
        await self._webhooks.close()

    def concern(self, request: AdmissionRequest) -> bool:
        """Tells whether there is any rule; the rules themselves are never subject to rules."""
        return request.resource.group not in _EXEMPT_GROUPS and any(map(self._store.count, _SOURCES))

    async def mutate(self, request: AdmissionRequest) -> AdmissionRequest:
        """The request with the object as mutating webhooks want it."""
        return await self._webhooks.call_all(MUTATING_WEBHOOKS, request)

    async def validate(self, request: AdmissionRequest) -> tuple[str, ...]:
        """Lets validating webhooks and policies refuse the request; returns warnings."""
        asked = await self._webhooks.call_all(VALIDATING_WEBHOOKS, request)
        return (*asked.warnings, *self._policies.check(request))

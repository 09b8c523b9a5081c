"""Refuses changes by a manager that another one has replaced in the meantime.

A process that was stopped for a while does not know that it leads no more. The term that each change
carries tells; reads are answered to everybody.
"""

from collections import OrderedDict
from collections.abc import Awaitable
from typing import Final

from virtrigaud_api.contract import WrongState
from virtrigaud_api.wire.terms import Term, term_from_metadata

from virtrigaud_provider_sdk.interceptors.call import READS, Behaviour, Concern, Context, Method

_MOST_LEASES: Final = 64


class Terms(Concern):
    """Remembers the newest term of each Lease, in this process."""

    def __init__(self) -> None:
        self._newest: OrderedDict[str, int] = OrderedDict()

    def around(self, method: Method, proceed: Behaviour) -> Behaviour:
        """Look at the term before each change."""
        if method.verb in READS:
            return proceed

        def checked(request: object, context: Context) -> Awaitable[object]:
            term = term_from_metadata(context.invocation_metadata() or ())
            if term is not None:
                self.check(term)
            return proceed(request, context)

        return checked

    def check(self, term: Term) -> None:
        """Let a term pass that is as new as any seen before.

        Raises:
            WrongState: A newer one was seen.
        """
        newest = self._newest.get(term.lease, term.number)
        if term.number < newest:
            raise WrongState(
                f"this manager led in term {term.number}, and the manager of term {newest} has taken over since; "
                "nothing was changed"
            )
        self._newest[term.lease] = term.number
        self._newest.move_to_end(term.lease)
        if len(self._newest) > _MOST_LEASES:
            self._newest.popitem(last=False)

"""What pure functions said of the same objects before: machines share classes and images, and steps share a machine.

The objects are those of the cache, which are frozen: the same object is the same content, and to tell that costs less
than to compare or to hash what is in it.
"""

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple

Ts = TypeVarTuple("Ts")
R = TypeVar("R")


def remembered(most: int) -> Callable[[Callable[[*Ts], R]], Callable[[*Ts], R]]:
    """Let a pure function remember its last results by the identity of its arguments, which stay alive as long.

    Args:
        most: How many results; the one that was asked for the longest ago goes first.
    """

    def decorate(function: Callable[[*Ts], R]) -> Callable[[*Ts], R]:
        known: OrderedDict[tuple[int, ...], tuple[tuple[object, ...], R]] = OrderedDict()

        @wraps(function)
        def call(*arguments: *Ts) -> R:
            key = tuple(map(id, arguments))
            found = known.get(key)
            if found is not None:
                known.move_to_end(key)
                return found[1]
            result = function(*arguments)
            known[key] = (arguments, result)
            if len(known) > most:
                known.popitem(last=False)
            return result

        return call

    return decorate

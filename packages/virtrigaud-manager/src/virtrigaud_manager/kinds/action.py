"""The two sorts of actions that every kind has: deeds change something outside, rests only say what is waited for."""

from typing import ClassVar


class Deed:
    """An action that changes something."""

    __slots__ = ()
    changes: ClassVar[bool] = True


class Rest:
    """An action that changes nothing."""

    __slots__ = ()
    changes: ClassVar[bool] = False

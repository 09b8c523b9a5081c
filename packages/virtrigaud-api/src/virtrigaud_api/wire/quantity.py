"""Kubernetes quantities (`8Gi`, `1.5G`, `1024`) inside VMClass-shaped payloads, as whole bytes.

Used by the payload modules only; the API models have quantities of their own, which keep their spelling.
"""

import re
from fractions import Fraction
from typing import Final

_QUANTITY: Final = re.compile(
    r"\+?(?P<number>[0-9]{1,19}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})(?P<suffix>[KMGTPE]i|[numkMGTPE]|)"
)
_EXPONENT: Final = re.compile(
    r"\+?(?P<number>[0-9]{1,19}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})[eE](?P<exponent>[+-]?[0-9]{1,2})"
)
_BINARY: Final = {f"{suffix}i": 1024 ** (power + 1) for power, suffix in enumerate("KMGTPE")}
_FACTORS: Final = {
    "": Fraction(1),
    **{suffix: Fraction(1, 1000 ** (3 - power)) for power, suffix in enumerate("num")},
    **{suffix: Fraction(1000 ** (power + 1)) for power, suffix in enumerate("kMGTPE")},
    **{suffix: Fraction(factor) for suffix, factor in _BINARY.items()},
}


def bytes_of(text: str) -> int | None:
    """Return a quantity as bytes, rounded up; None when the text is no quantity, or a negative one."""
    if match := _QUANTITY.fullmatch(text):
        amount = Fraction(_number(match["number"])) * _FACTORS[match["suffix"]]
    elif match := _EXPONENT.fullmatch(text):
        amount = Fraction(_number(match["number"])) * Fraction(10) ** int(match["exponent"])
    else:
        return None
    return -(-amount.numerator // amount.denominator)


def text_of(size_bytes: int) -> str:
    """Return the canonical quantity: a whole number with the largest binary suffix that fits."""
    for suffix, factor in reversed(_BINARY.items()):
        if size_bytes and size_bytes % factor == 0:
            return f"{size_bytes // factor}{suffix}"
    return str(size_bytes)


def _number(text: str) -> str:
    """Spell a number so that Fraction reads it: `.5` and `5.` are quantities, too."""
    return f"0{text}" if text.startswith(".") else text.removesuffix(".")

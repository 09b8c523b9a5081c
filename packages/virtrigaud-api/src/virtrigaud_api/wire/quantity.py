"""Kubernetes quantities (`8Gi`, `1.5G`, `1024`) inside VMClass-shaped payloads, as whole bytes.

Used by the payload modules only; the grammar is that of `virtrigaud_api.quantity`.
"""

from typing import Final

from virtrigaud_api.quantity import KIB, Quantity

_BINARY: Final = {f"{suffix}i": KIB ** (power + 1) for power, suffix in enumerate("KMGTPE")}


def bytes_of(text: str) -> int | None:
    """Return a quantity as bytes, rounded up; None when the text is no quantity, or a negative one."""
    try:
        quantity = Quantity(text)
    except ValueError:
        return None
    return quantity.bytes if quantity.amount >= 0 else None


def text_of(size_bytes: int) -> str:
    """Return the canonical quantity: a whole number with the largest binary suffix that fits."""
    for suffix, factor in reversed(_BINARY.items()):
        if size_bytes and size_bytes % factor == 0:
            return f"{size_bytes // factor}{suffix}"
    return str(size_bytes)

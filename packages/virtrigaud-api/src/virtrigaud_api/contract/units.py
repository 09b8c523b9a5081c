"""Units in types: a number that carries its unit in its type can't be mistaken for another."""

from typing import NewType

MiB = NewType("MiB", int)
"""Mebibytes (2**20 bytes)."""

GiB = NewType("GiB", int)
"""Gibibytes (2**30 bytes)."""

MHz = NewType("MHz", int)
"""Megahertz of physical CPU."""

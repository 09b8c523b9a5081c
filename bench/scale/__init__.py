"""Thousands of machines: applied at once beside the floor, at rest, changed, over a restart, beside a dead provider."""

from bench.scale.scene import BENCH, QUICK_MACHINES, measure

__all__ = ["BENCH", "QUICK_MACHINES", "measure"]

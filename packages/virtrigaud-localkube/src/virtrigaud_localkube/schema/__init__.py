"""Structural schemas: defaulting, pruning, validation, and the expressions in them."""

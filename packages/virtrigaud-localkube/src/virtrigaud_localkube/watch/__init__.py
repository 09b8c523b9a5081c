"""Selectors, and the streams that tell clients what changed."""

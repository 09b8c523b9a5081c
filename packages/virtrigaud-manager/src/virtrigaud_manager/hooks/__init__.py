"""Hooks of machines: what is done around their starts and stops, and how it ended."""

"""Builds the small bootable guest that tests and the demo start on real hypervisors."""

"""Runs the lab: `python tools/libvirt-lab start` prints where the private libvirtd listens."""

import sys

from libvirt_lab.cli import main

sys.exit(main(sys.argv[1:]))

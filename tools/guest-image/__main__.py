"""Runs the builder: `python tools/guest-image build` prints the path of the image."""

import sys

from guest_image.cli import main

sys.exit(main(sys.argv[1:]))

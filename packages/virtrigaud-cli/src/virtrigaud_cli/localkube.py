"""`vrtg localkube`: the embedded API server without the rest of the system, for the tests of other operators."""

import os
from collections.abc import Sequence

from virtrigaud_cli.local.parts import installed_script


def become_localkube(arguments: Sequence[str]) -> None:
    """Replace this process by the server, with its own options."""
    script = installed_script("virtrigaud-localkube")
    os.execv(script, [script, *arguments])  # noqa: S606 - no shell, and the program of a sibling package

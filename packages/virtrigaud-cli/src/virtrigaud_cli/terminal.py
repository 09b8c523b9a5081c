"""The console that commands print on: rich on a terminal, plain elsewhere."""

from rich.console import Console


def terminal() -> Console:
    """Standard output; NO_COLOR, FORCE_COLOR and TERM are respected by rich."""
    return Console(highlight=False)

"""What the demo prints: chapters, the commands as a person would type them, their real output, a summary.

Every module of the demo speaks through one Narrator.
"""

import shlex
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.text import Text

from virtrigaud_cli.terminal import terminal


@dataclass(slots=True)
class Narrator:
    """Prints the story and remembers how long each chapter took."""

    console: Console = field(default_factory=terminal)
    chapters: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def chapter(self, title: str) -> Iterator[None]:
        """One part of the story; it counts when it ends well."""
        self.console.print(Text(f"\n== {title}", style="bold"))
        begun = time.monotonic()
        yield
        self.chapters.append((title, time.monotonic() - begun))

    def command(self, arguments: Sequence[str]) -> None:
        """A command that is run now, as it would be typed."""
        self.console.print(Text(f"$ {' '.join(map(_typed, arguments))}", style="cyan"), soft_wrap=True)

    def output(self, text: str) -> None:
        """What a command said, unchanged."""
        for line in text.splitlines():
            self.console.print(Text(line), soft_wrap=True)

    def remark(self, text: str) -> None:
        """A word of explanation."""
        self.console.print(Text(f"# {text}", style="dim"), soft_wrap=True)

    def heading(self, text: str) -> None:
        """A line that stands out."""
        self.console.print(Text(f"\n{text}", style="bold"), soft_wrap=True)

    def summary(self, title: str) -> None:
        """The chapters with their times."""
        self.heading(title)
        for name, seconds in self.chapters:
            self.console.print(Text(f"  {seconds:6.1f} s  {name}"), soft_wrap=True)
        self.console.print(Text(f"  {sum(seconds for _, seconds in self.chapters):6.1f} s  in all"))


def _typed(argument: str) -> str:
    """An argument as a person would type it: quoted only where the shell needs it."""
    return argument if argument == "&" else shlex.quote(argument)

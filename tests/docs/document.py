"""A Markdown document as its tests see it: the commands and the manifests that it shows.

Fences of the language `console` hold commands behind `$ ` and what they print; fences of `yaml` hold manifests.
A fence right after `<!-- not run: REASON -->` is left out, and the reason is in the document for its readers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(
    r"(?P<left_out><!-- not run: [^\n]+ -->\n)?^```(?P<language>console|yaml)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
PROMPT = "$ "
CONTINUATION = "> "


@dataclass(frozen=True, slots=True)
class Fence:
    """One fenced block with its place."""

    path: Path
    line: int
    language: str
    body: str

    @property
    def commands(self) -> tuple[str, ...]:
        """Return the commands of a console, continuation lines joined."""
        commands: list[str] = []
        for line in self.body.splitlines():
            if line.startswith(PROMPT):
                commands.append(line.removeprefix(PROMPT))
            elif line.startswith(CONTINUATION) and commands:
                commands[-1] += "\n" + line.removeprefix(CONTINUATION)
        return tuple(commands)


def fences(path: Path) -> Iterator[Fence]:
    """Yield the blocks of a document that are to be tried."""
    text = path.read_text()
    for match in FENCE.finditer(text):
        if match["left_out"] is None:
            line = text.count("\n", 0, match.start("language")) + 1
            yield Fence(path, line, match["language"], match["body"])

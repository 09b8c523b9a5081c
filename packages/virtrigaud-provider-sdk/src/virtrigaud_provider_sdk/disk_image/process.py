"""One run of qemu-img: an argument vector, bounded time and memory, and errors of the taxonomy.

qemu-img reads what strangers wrote, so it gets limits of its own, an empty environment and no terminal. Nothing
else in the SDK starts it.
"""

import asyncio
import os
import re
import resource
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from virtrigaud_api.contract import (
    Busy,
    Conflict,
    InvalidSpec,
    NoCapacity,
    NotFound,
    ProviderError,
    ProviderFault,
    Refused,
    Unavailable,
    Unsupported,
)

PROGRAM: Final = "qemu-img"

_KEPT_BYTES: Final = 4 << 20
_SAID_CHARACTERS: Final = 400
_PERCENT: Final = re.compile(rb"\((\d+)\.\d+/100%\)")
_WHAT_IT_MEANS: Final[tuple[tuple[str, type[ProviderError]], ...]] = (
    ("No space left on device", NoCapacity),
    ("Disk quota exceeded", NoCapacity),
    ("File too large", NoCapacity),
    ("Cannot allocate memory", NoCapacity),
    ('Failed to get "', Busy),
    ("Failed to lock byte", Busy),
    ("Is another process using the image", Busy),
    ("No such file or directory", NotFound),
    ("File exists", Conflict),
    ("Permission denied", Refused),
    ("Operation not permitted", Refused),
    ("Read-only file system", Refused),
    ("Input/output error", Unavailable),
    ("Stale file handle", Unavailable),
    ("Image is not in", InvalidSpec),
    ("not in qcow2 format", InvalidSpec),
    ("Invalid footer", InvalidSpec),
    ("does not support", Unsupported),
    ("Unsupported", InvalidSpec),
    ("unsupported", InvalidSpec),
    ("corrupt", InvalidSpec),
    ("too large", InvalidSpec),
    ("too small", InvalidSpec),
    ("too big", InvalidSpec),
    ("Could not open", InvalidSpec),
    ("Invalid argument", InvalidSpec),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one run may take.

    Attributes:
        time: Wall clock; None has no end of its own (a conversion is ended by its task).
        cpu: Processor time; None is not limited.
        memory_bytes: Address space.
    """

    time: timedelta | None = timedelta(seconds=60)
    cpu: timedelta | None = timedelta(seconds=30)
    memory_bytes: int = 1 << 30


QUICK: Final = Limits()
"""For what reads only headers and tables."""

LONG: Final = Limits(time=None, cpu=None, memory_bytes=4 << 30)
"""For what reads or writes the whole image."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run says about itself in errors.

    Attributes:
        doing: For example "convert image disk.vmdk".
        paths: Paths that are shortened to their names in what qemu-img said.
        accepted: Exit statuses that are answers and not failures.
    """

    doing: str
    paths: tuple[Path, ...]
    accepted: tuple[int, ...] = (0,)


async def run_qemu_img(
    run: Run, arguments: Sequence[str], *, limits: Limits = QUICK, percent: Callable[[int], None] | None = None
) -> bytes:
    """Run qemu-img to its end and return what it wrote to its standard output.

    When the arguments ask for progress (`-p`), `percent` is told how far it has come, 0 to 100.

    Raises:
        ProviderError: It failed, took too long, or is not installed. A cancelled call ends the process first.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            PROGRAM,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            start_new_session=True,
        )
    except FileNotFoundError:
        message = f"cannot {run.doing}: {PROGRAM} is not installed (Debian package qemu-utils)"
        raise Unsupported(message) from None
    try:
        _limit(process.pid, limits)
        async with asyncio.timeout(limits.time.total_seconds() if limits.time is not None else None):
            said, errors = await asyncio.gather(_drain(process.stdout, percent), _drain(process.stderr, None))
            status = await process.wait()
    except TimeoutError:
        raise InvalidSpec(f"cannot {run.doing}: {PROGRAM} did not finish in {limits.time}") from None
    finally:
        await _end(process)
    if status not in run.accepted:
        raise _failure(run, status, errors.decode(errors="replace"))
    return said


def _limit(pid: int, limits: Limits) -> None:
    """Bound the process from outside: no code of ours runs between fork and exec."""
    with suppress(ProcessLookupError):
        resource.prlimit(pid, resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
        resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))
        if limits.cpu is not None:
            seconds = int(limits.cpu.total_seconds())
            resource.prlimit(pid, resource.RLIMIT_CPU, (seconds, seconds))


async def _drain(stream: asyncio.StreamReader | None, percent: Callable[[int], None] | None) -> bytes:
    """Read to the end and keep a bounded part; tell the last percentage of each piece."""
    kept = bytearray()
    while stream is not None and (piece := await stream.read(1 << 16)):
        if percent is None:
            kept += piece[: _KEPT_BYTES - len(kept)]
        elif found := _PERCENT.findall(piece):
            percent(int(found[-1]))
    return bytes(kept)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Leave no process behind."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _failure(run: Run, status: int, errors: str) -> ProviderError:
    if status < 0:
        ended = f"{PROGRAM} was ended by {signal.Signals(-status).name}"
        kind: type[ProviderError] = InvalidSpec if -status == signal.SIGXCPU else ProviderFault
        return kind(f"cannot {run.doing}: {ended}")
    said = " ".join(errors.removeprefix(f"{PROGRAM}: ").split())
    for path in sorted(run.paths, key=lambda path: len(str(path)), reverse=True):
        said = said.replace(str(path), path.name)
    kind = next((kind for words, kind in _WHAT_IT_MEANS if words in said), ProviderFault)
    return kind(f"cannot {run.doing}: {said[:_SAID_CHARACTERS] or f'{PROGRAM} ended with status {status}'}")

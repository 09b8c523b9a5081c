"""What the tests of downloads order, and how they look at a refusal."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from virtrigaud_provider_sdk import (
    ProviderError,
)
from virtrigaud_provider_sdk.download import Downloader, DownloadOrder
from virtrigaud_provider_sdk.guarded_http import Patience, Surroundings
from web_peers import AT_ONCE, MIB, ON_LOOPBACK, WebPeer, names_in, noise

IMAGE = noise(3 * MIB + 17)
SHA256 = hashlib.sha256(IMAGE).hexdigest()
IMPATIENT = Patience(connect=timedelta(seconds=5), idle=timedelta(milliseconds=200))

Serve = Callable[..., Awaitable[WebPeer]]


def downloader(surroundings: Surroundings | None = None, patience: Patience | None = None) -> Downloader:
    return Downloader(
        ON_LOOPBACK,
        patience=patience or Patience(),
        retries=AT_ONCE,
        surroundings=surroundings or Surroundings(),
    )


def order(url: str, folder: Path, **values: object) -> DownloadOrder:
    given = {"url": url, "target": folder / "image.qcow2", "limit_bytes": 8 * MIB} | values
    return DownloadOrder(**given)  # type: ignore[arg-type]


async def refusal(wanted: DownloadOrder, by: Downloader | None = None) -> ProviderError:
    """Return why a download fails, having made sure that it left nothing behind."""
    async with by or downloader() as fetching:
        with pytest.raises(ProviderError) as raised:
            await fetching.fetch(wanted)
    assert names_in(wanted.target.parent) == []
    return raised.value

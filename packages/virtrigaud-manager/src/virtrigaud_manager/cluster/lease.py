"""The Lease that managers agree on: read, and written only over the version that was read.

Several managers write it at the same time; the API server lets one of them win. Who may, and when, is
decided in `leadership`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

import aiohttp

from virtrigaud_manager.cluster.api_store import request
from virtrigaud_manager.cluster.paths import LEASES
from virtrigaud_manager.cluster.store import GoneError

LEASE_NAME: Final = "8da97394.virtrigaud.io"
"""The name that the Go project's managers use, so that one of them and one of ours never lead at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What stands in the Lease.

    Attributes:
        holder: Who leads; empty when the last one has laid it down.
        transitions: How often the leader has changed.
        duration: How long the holder leads after it was heard of last.
    """

    holder: str
    transitions: int
    duration: timedelta
    acquired: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenLease:
    """A Lease as the API server has it; each renewal changes the version."""

    claim: Claim
    uid: str
    version: str


class Lease(Protocol):
    """One Lease."""

    async def read(self) -> SeenLease | None:
        """Read it; None when there is none.

        Raises:
            ClusterError: The API server can't be asked.
        """
        ...

    async def write(self, claim: Claim, over: SeenLease | None) -> SeenLease:
        """Write it over the version that was seen, or make it.

        Raises:
            StaleError: Somebody else wrote it in between.
            ClusterError: The API server can't be asked; it may have been written all the same.
        """
        ...


class ApiLease:
    """A Lease at the API server.

    Args:
        patience: How long an answer may take.
    """

    def __init__(self, session: aiohttp.ClientSession, server: str, namespace: str, patience: timedelta) -> None:
        self._session = session
        self._collection = server + LEASES.collection(namespace)
        self._patience = aiohttp.ClientTimeout(total=patience.total_seconds())

    async def read(self) -> SeenLease | None:
        """Read it; None when there is none."""
        try:
            return _seen(await self._ask("GET", f"/{LEASE_NAME}"))
        except GoneError:
            return None

    async def write(self, claim: Claim, over: SeenLease | None) -> SeenLease:
        """Write it over the version that was seen, or make it."""
        body = _manifest(claim, over, datetime.now(UTC))
        if over is None:
            return _seen(await self._ask("POST", "", body))
        return _seen(await self._ask("PUT", f"/{LEASE_NAME}", body))

    async def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return await request(self._session, method, self._collection + path, body=body, patience=self._patience)


def _manifest(claim: Claim, over: SeenLease | None, now: datetime) -> dict[str, Any]:
    metadata = {"name": LEASE_NAME}
    if over is not None:
        metadata |= {"uid": over.uid, "resourceVersion": over.version}
    return {
        "apiVersion": LEASES.api_version,
        "kind": LEASES.kind,
        "metadata": metadata,
        "spec": {
            "holderIdentity": claim.holder,
            "leaseDurationSeconds": max(1, round(claim.duration.total_seconds())),
            "leaseTransitions": claim.transitions,
            "acquireTime": _micro_time(claim.acquired or now),
            "renewTime": _micro_time(now),
        },
    }


def _seen(document: Mapping[str, Any]) -> SeenLease:
    spec, metadata = document.get("spec") or {}, document["metadata"]
    claim = Claim(
        holder=spec.get("holderIdentity") or "",
        transitions=spec.get("leaseTransitions") or 0,
        duration=timedelta(seconds=spec.get("leaseDurationSeconds") or 0),
        acquired=datetime.fromisoformat(spec["acquireTime"]) if spec.get("acquireTime") else None,
    )
    return SeenLease(claim=claim, uid=metadata["uid"], version=metadata["resourceVersion"])


def _micro_time(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")

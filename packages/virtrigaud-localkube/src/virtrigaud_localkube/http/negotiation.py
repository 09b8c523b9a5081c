"""Which form a client wants its answer in: objects, tables, or metadata only."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from virtrigaud_localkube.api_error import not_acceptable
from virtrigaud_localkube.registry.representation import Form

JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One entry of an Accept header."""

    type: str
    parameters: tuple[tuple[str, str], ...]

    def parameter(self, name: str) -> str:
        """The value of a parameter, empty if it isn't there."""
        return dict(self.parameters).get(name, "")


@lru_cache(maxsize=256)
def media_ranges(accept: str) -> tuple[MediaRange, ...]:
    """Parses an Accept header."""
    ranges = []
    for entry in accept.split(","):
        kind, *parameters = (part.strip() for part in entry.split(";"))
        pairs = tuple((name, value) for name, _, value in (parameter.partition("=") for parameter in parameters))
        ranges.append(MediaRange(kind, pairs))
    return tuple(ranges)


@lru_cache(maxsize=256)
def wanted_form(accept: str) -> Form:
    """The first form of an Accept header that the server can give.

    Raises:
        ApiError: There is none (406).
    """
    if not accept:
        return Form.OBJECT
    for one in media_ranges(accept):
        if one.type not in (JSON, "*/*", "application/*"):
            continue
        match one.parameter("as"):
            case "":
                return Form.OBJECT
            case "Table" if one.parameter("v") == "v1":
                return Form.TABLE
            case "PartialObjectMetadata" | "PartialObjectMetadataList" if one.parameter("v") == "v1":
                return Form.METADATA
            case _:
                continue
    raise not_acceptable(JSON)


def discovery_version(accept: str) -> str:
    """The version of aggregated discovery that a client wants; empty for the classic form."""
    for one in media_ranges(accept) if accept else ():
        if one.type == JSON and one.parameter("as") == "APIGroupDiscoveryList":
            if one.parameter("v") in ("v2", "v2beta1"):
                return one.parameter("v")
        elif one.type == JSON and not one.parameter("as"):
            return ""
    return ""

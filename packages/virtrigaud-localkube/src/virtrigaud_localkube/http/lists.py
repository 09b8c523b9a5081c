"""Lists: selected, paged, and consistent over their pages.

A continue token names the resourceVersion of the first page and the place to go on from. Later pages undo the changes
since then, so that all pages together are one moment. A token whose moment is forgotten is answered with 410.
"""

import base64
import binascii
from dataclasses import dataclass
from itertools import islice

import orjson
from aiohttp import web

from virtrigaud_localkube.api_error import ApiError, bad_request, expired
from virtrigaud_localkube.document import Document
from virtrigaud_localkube.http.requests import Target, number, representation_of, selection_of
from virtrigaud_localkube.storage.store import Store
from virtrigaud_localkube.storage.stored import Stored


@dataclass(frozen=True, slots=True)
class Page:
    """Where a list starts: at which moment, and behind which place."""

    version: int
    after: tuple[str, str] | None = None

    def token(self) -> str:
        """The page as a continue token."""
        return base64.urlsafe_b64encode(orjson.dumps([self.version, *(self.after or ())])).decode()

    @classmethod
    def parse(cls, token: str) -> "Page":
        """Reads a continue token.

        Raises:
            ApiError: It isn't one of ours (400).
        """
        try:
            version, namespace, name = orjson.loads(base64.urlsafe_b64decode(token))
            return cls(int(version), (str(namespace), str(name)))
        except (ValueError, TypeError, binascii.Error):
            raise bad_request("continue key is not valid: start the list again without it") from None


def list_objects(store: Store, target: Target, request: web.BaseRequest) -> bytes:
    """Encodes the answer to a list request."""
    representation = representation_of(request, target.resource)
    selection = selection_of(request, target)
    limit = number(request, "limit") or 0
    page = _first_page(store, request)
    collection = target.resource.collection
    objects = (one for one in _at(store, collection, target.namespace, page) if selection.takes(one))
    metadata: Document = {"resourceVersion": str(page.version)}
    found = list(islice(objects, limit) if limit else objects)
    if limit and len(found) == limit:
        rest = sum(1 for _ in objects)
        if rest:
            metadata["continue"] = Page(page.version, found[-1].key[1:]).token()
            metadata["remainingItemCount"] = rest
    return representation.encode_list(found, metadata)


def _first_page(store: Store, request: web.BaseRequest) -> Page:
    token = request.query.get("continue")
    wanted = number(request, "resourceVersion")
    if token:
        page = Page.parse(token)
    elif wanted and request.query.get("resourceVersionMatch") == "Exact":
        page = Page(wanted)
    else:
        page = Page(store.version)
    check_not_ahead(store, max(wanted or 0, page.version))
    if page.version != store.version and not store.history.reaches(page.version):
        raise expired("The provided continue parameter is too old to display a consistent list result; start again")
    return page


def check_not_ahead(store: Store, version: int) -> None:
    """Refuses to answer for a moment that is still to come.

    Raises:
        ApiError: The resourceVersion is larger than any that was given out (504).
    """
    if version > store.version:
        raise ApiError(504, "Timeout", f"Too large resource version: {version}, current: {store.version}")


def _at(store: Store, collection: str, namespace: str | None, page: Page) -> list[Stored]:
    """The objects of a collection as they were at the moment of a page, from its place on."""
    objects = list(store.objects(collection, namespace, page.after))
    if page.version == store.version:
        return objects
    places: dict[tuple[str, str], Stored | None] = {one.key[1:]: one for one in objects}
    for change in reversed(list(store.history.since(page.version))):
        key = change.stored.key
        if key.collection == collection and namespace in (None, key.namespace):
            places[key[1:]] = change.previous
    after = page.after or ("", "")
    return [one for place, one in sorted(places.items(), key=lambda item: item[0]) if one is not None and place > after]

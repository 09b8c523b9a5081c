"""What the server of an image wants to hear: headers, and who asks, from Secrets of the image's namespace.

Read just before a download is ordered, kept nowhere, shown nowhere.
"""

import base64
from collections.abc import Iterator, Mapping

from virtrigaud_api.contract import Download, Refused
from virtrigaud_api.v1beta1 import VMImage
from virtrigaud_api.v1beta1.vm_image_source import BasicAuth, BearerToken, HttpAuthentication

from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import ClusterError, Store

AUTHORIZATION = "Authorization"


def secret_keys(image: VMImage) -> Iterator[ObjectKey]:
    """Name the Secrets that a download needs."""
    http = image.spec.source.http
    authentication = http.authentication if http is not None else None
    for way in _ways(authentication):
        yield _secret_key(image, way)


async def download(store: Store, image: VMImage) -> Download:
    """Return what is said to the server, and how long it may take.

    Raises:
        Refused: A Secret can't be read or has not what it should have.
    """
    http = image.spec.source.http
    if http is None:
        return Download()
    headers = dict(http.headers)
    for way in _ways(http.authentication):
        headers[AUTHORIZATION] = await _authorization(store, _secret_key(image, way), way)
    return Download(headers=headers, timeout=http.timeout.timedelta)


def _ways(authentication: HttpAuthentication | None) -> Iterator[BasicAuth | BearerToken]:
    """Return how the download proves who asks; a client certificate is refused before it comes here."""
    if authentication is None:
        return
    if authentication.basic_auth is not None:
        yield authentication.basic_auth
    if authentication.bearer is not None:
        yield authentication.bearer


def _secret_key(image: VMImage, way: BasicAuth | BearerToken) -> ObjectKey:
    return ObjectKey(ObjectKind.SECRET, image.metadata.namespace, way.secret_ref.name)


async def _authorization(store: Store, secret: ObjectKey, way: BasicAuth | BearerToken) -> str:
    try:
        values = await store.read_secret(secret.namespace, secret.name)
    except ClusterError as error:
        raise Refused(f"{secret} can't be read: {error}") from error
    match way:
        case BasicAuth():
            user, password = (_value(secret, values, key) for key in (way.username_key, way.password_key))
            if b":" in user:
                raise Refused(
                    f"{secret}: the value of {way.username_key} has a colon, which basic authentication can't send"
                )
            return f"Basic {base64.b64encode(user + b':' + password).decode()}"
        case BearerToken():
            token = _value(secret, values, way.token_key).strip()
            if not token.isascii() or not token.decode().isprintable():
                raise Refused(f"{secret}: the value of {way.token_key} is no token: it has characters of no header")
            return f"Bearer {token.decode()}"


def _value(secret: ObjectKey, values: Mapping[str, bytes] | None, key: str) -> bytes:
    value = (values or {}).get(key)
    if value is None:
        raise Refused(f"{secret} has no {key}")
    return value

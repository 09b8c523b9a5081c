"""Checks that an image is the one that its spec names by digest, once for each content.

The image is read through libvirt, so that it need not be on this machine. Called by create.
"""

import hashlib
import threading
from dataclasses import dataclass, field

import libvirt
from virtrigaud_api.contract import Checksum, InvalidSpec

from virtrigaud_provider_libvirt.domain_xml.document import parse, text_of


@dataclass(slots=True)
class VerifiedImages:
    """The digests that were found, by the image's key and the time of its last change."""

    _found: dict[tuple[str, str, str], str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def require(self, connection: libvirt.virConnect, volume: libvirt.virStorageVol, wanted: Checksum) -> None:
        """Return when the image has the wanted digest.

        Raises:
            InvalidSpec: It has another one.
        """
        changed = text_of(parse(volume.XMLDesc()), "target/timestamps/mtime")
        key = (volume.key(), changed, wanted.type)
        with self._lock:
            found = self._found.get(key)
        if found is None:
            found = _digest(connection, volume, wanted)
            with self._lock:
                self._found[key] = found
        if found != wanted.hex.lower():
            raise InvalidSpec(f"image {volume.path()} has {wanted.type} {found}, the spec says {wanted.hex}")


def _digest(connection: libvirt.virConnect, volume: libvirt.virStorageVol, wanted: Checksum) -> str:
    digest = hashlib.new(wanted.type, usedforsecurity=False)
    stream = connection.newStream()
    volume.download(stream, 0, 0)
    stream.recvAll(lambda _stream, block, _opaque: digest.update(block), None)
    stream.finish()
    return digest.hexdigest()

"""Storage pools: the administrator's folders in which machines' volumes live. Never made, changed or removed here."""

import libvirt
from virtrigaud_api.contract import NotFound, Unsupported

from virtrigaud_provider_libvirt.domain_xml.document import parse
from virtrigaud_provider_libvirt.faults import is_absent

_FILE_POOLS = frozenset({"dir", "fs", "netfs"})


def file_pool(connection: libvirt.virConnect, name: str) -> libvirt.virStoragePool:
    """Find an active pool whose volumes are files.

    Raises:
        NotFound: There is no such pool, or it is not active.
        Unsupported: Its volumes are no files.
    """
    try:
        pool = connection.storagePoolLookupByName(name)
    except libvirt.libvirtError as error:
        if not is_absent(error, libvirt.VIR_ERR_NO_STORAGE_POOL):
            raise
        raise NotFound(f"storage pool {name} does not exist on the hypervisor") from error
    if not pool.isActive():
        raise NotFound(f"storage pool {name} is not active: start it on the hypervisor")
    kind = parse(pool.XMLDesc()).get("type", "")
    if kind not in _FILE_POOLS:
        raise Unsupported(
            f"storage pool {name} is of type {kind}; machines need one of {', '.join(sorted(_FILE_POOLS))}"
        )
    return pool

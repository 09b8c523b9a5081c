"""Where on the hypervisor a virtual machine goes, by the native names of places."""

from virtrigaud_api.v1beta1.kube_model import KubeModel


class Placement(KubeModel):
    """Places on the hypervisor; the defaults of the Provider hold for those left out."""

    cluster: str | None = None
    """Cluster of hosts."""
    host: str | None = None
    """A single host or node."""
    resource_pool: str | None = None
    """Resource pool inside the cluster."""
    datastore: str | None = None
    """Datastore, storage pool or storage for the disks."""
    storage_pod: str | None = None
    """Group of datastores out of which the hypervisor chooses one."""
    folder: str | None = None
    """Folder of the inventory."""

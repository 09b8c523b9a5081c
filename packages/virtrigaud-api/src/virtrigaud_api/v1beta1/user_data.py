"""What a guest reads at its first boot: cloud-init or Ignition documents, inline or from a Secret."""

from pydantic import Field

from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.references import LocalReference


class CloudInit(KubeModel):
    """A cloud-init document."""

    inline: str | None = Field(default=None, repr=False)
    """The document itself. Everyone who may read this object can read it; put secrets in secretRef."""
    secret_ref: LocalReference | None = None
    """The Secret that holds the document under the key userdata, user-data, cloud-init or cloud-config."""


class Ignition(KubeModel):
    """An Ignition document."""

    inline: str | None = Field(default=None, repr=False)
    """The document itself, as JSON. Put secrets in secretRef."""
    secret_ref: LocalReference | None = None
    """The Secret that holds the document."""


class CloudInitMetaData(KubeModel):
    """A cloud-init meta-data document."""

    inline: str | None = Field(default=None, repr=False)
    """The document itself, as YAML."""
    secret_ref: LocalReference | None = None
    """The Secret that holds the document under the key metadata, meta-data or meta_data."""


class CloudInitNetworkData(KubeModel):
    """A cloud-init network-config document."""

    inline: str | None = Field(default=None, repr=False)
    """The document itself, as YAML, version 1 or 2. Put secrets, such as keys of wireless networks, in secretRef."""
    secret_ref: LocalReference | None = None
    """The Secret that holds the document under the key networkdata, network-data, network-config or network_data."""


class UserData(KubeModel):
    """What the guest configures itself by."""

    cloud_init: CloudInit | None = None
    """For guests with cloud-init."""
    ignition: Ignition | None = None
    """For guests with Ignition, such as Flatcar and Fedora CoreOS."""


class MetaData(KubeModel):
    """What the guest is told about itself."""

    cloud_init: CloudInitMetaData | None = None
    """For guests with cloud-init: instance id, host name and what else its documents refer to."""


class NetworkData(KubeModel):
    """How the guest sets up its network."""

    cloud_init: CloudInitNetworkData | None = None
    """For guests with cloud-init: replaces the whole document that is otherwise derived from the networks, so that
    static addresses, routes and name servers from there reach the guest only if it names them too."""

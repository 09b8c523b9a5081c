"""The settings of the libvirt provider: what every provider has, and where machines go by default."""

from typing import Annotated

from pydantic import Field
from virtrigaud_provider_sdk.settings import ProviderSettings

DEFAULT_ENDPOINT = "qemu:///system"


class LibvirtSettings(ProviderSettings):
    """VirtRigaud's provider for libvirt and QEMU/KVM."""

    provider_type: str = Field(default="libvirt", validation_alias="PROVIDER_TYPE", description="spec.type")
    endpoint: str = Field(
        default=DEFAULT_ENDPOINT, validation_alias="PROVIDER_ENDPOINT", description="libvirt connection URI"
    )
    default_datastore: str = Field(
        default="default",
        validation_alias="PROVIDER_DEFAULT_DATASTORE",
        description="Storage pool of machines that name none",
    )
    default_network: str = Field(
        default="default",
        validation_alias="PROVIDER_DEFAULT_NETWORK",
        description="libvirt network of NICs that name none",
    )
    console_listen: str = Field(
        default="127.0.0.1",
        validation_alias="LIBVIRT_CONSOLE_LISTEN",
        description="Address of the hypervisor on which the screens of machines listen (VNC)",
    )
    threads: Annotated[int, Field(ge=2, le=64)] = Field(
        default=8, validation_alias="LIBVIRT_THREADS", description="Most libvirt calls at the same time"
    )

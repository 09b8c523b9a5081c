"""What the guest of a cloned machine is told: its name, networks, users and documents, on Linux and on Windows."""

from enum import StrEnum
from typing import Annotated

from annotated_types import MaxLen
from pydantic import Field, StringConstraints

from virtrigaud_api.quantity import Duration
from virtrigaud_api.tls_secret import TLS_CERTIFICATE
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.references import LocalReference
from virtrigaud_api.v1beta1.scalars import Boolean, IPv4Address, MacAddress, NativeName
from virtrigaud_api.v1beta1.schema_marks import ListMap
from virtrigaud_api.v1beta1.user_data import UserData

_HOST_NAME = r"^[a-zA-Z0-9]([a-zA-Z0-9\-]*[a-zA-Z0-9])?$"


class CommandStage(StrEnum):
    """When a command runs inside the guest."""

    PRE_CUSTOMIZATION = "pre-customization"
    POST_CUSTOMIZATION = "post-customization"
    FIRST_BOOT = "first-boot"


class CertificateStore(StrEnum):
    """Where the guest keeps a certificate."""

    ROOT = "root"
    CA = "ca"
    MY = "my"
    TRUST = "trust"


class GuestNetwork(KubeModel):
    """A network interface as the guest configures it."""

    name: NativeName
    """Name of the interface of the machine."""
    dhcp: Boolean | None = None
    """Whether the guest asks a DHCP server."""
    ip_address: IPv4Address | None = None
    """Static IPv4 address. Needs subnetMask."""
    subnet_mask: IPv4Address | None = None
    """Mask of the network of the static address, for example 255.255.255.0."""
    gateway: IPv4Address | None = None
    """IPv4 address of the default gateway."""
    dns: Annotated[tuple[str, ...], MaxLen(5)] = ()
    """IP addresses of name servers."""
    mac_address: MacAddress | None = None
    """Hardware address by which the guest finds the interface."""


class SecretText(KubeModel):
    """A secret text, written here or kept in a Secret; exactly one of both."""

    value: str | None = Field(default=None, repr=False)
    """The text itself. Everyone who may read this object can read it; put it in secretRef."""
    secret_ref: LocalReference | None = None
    """The Secret that holds the text."""
    secret_key: str = "password"  # noqa: S105 - the key's name, no password
    """Key of the text in the Secret."""


class DomainJoin(KubeModel):
    """An Active Directory domain that the guest joins."""

    domain: NativeName
    """Name of the domain."""
    username: NativeName
    """User who may let machines join."""
    password: SecretText
    """The user's password."""
    organizational_unit: Annotated[str, MaxLen(500)] | None = None
    """Distinguished name of the unit that the machine goes to."""


class Sysprep(KubeModel):
    """What Windows is told at its first boot."""

    enabled: Boolean = False
    """Whether Windows is made general and set up again."""
    owner: NativeName | None = None
    """Registered owner."""
    organization: NativeName | None = None
    """Registered organization."""
    product_key: str | None = Field(default=None, repr=False)
    """Product key. Everyone who may read this object can read it."""
    admin_password: SecretText | None = None
    """Password of the local administrator."""
    join_domain: DomainJoin | None = None
    """An Active Directory domain to join."""
    custom_commands: Annotated[tuple[str, ...], MaxLen(20)] = ()
    """Commands that run at the first logon."""


class GuestCommand(KubeModel):
    """A command inside the guest."""

    command: Annotated[str, MaxLen(1000)]
    """The program; no shell interprets it."""
    arguments: Annotated[tuple[str, ...], MaxLen(20)] = ()
    """Its arguments."""
    working_directory: Annotated[str, MaxLen(500)] | None = None
    """Directory that it runs in."""
    run_as_user: NativeName | None = None
    """User that it runs as; that of the guest agent when left out."""
    stage: CommandStage = CommandStage.POST_CUSTOMIZATION
    """When it runs."""
    timeout: Duration = Duration("5m")
    """How long it may run."""


class GuestCertificate(KubeModel):
    """A certificate that the guest trusts or shows; exactly one of data and secretRef."""

    name: NativeName
    """Name of the certificate in the guest."""
    data: str | None = Field(default=None, repr=False)
    """The certificate itself, as PEM."""
    secret_ref: LocalReference | None = None
    """The Secret that holds the certificate."""
    secret_key: str = TLS_CERTIFICATE
    """Key of the certificate in the Secret."""
    store: CertificateStore = CertificateStore.ROOT
    """Where the guest keeps it."""


class CloneCustomization(KubeModel):
    """What the guest of the new machine is told."""

    hostname: Annotated[str, StringConstraints(max_length=255, pattern=_HOST_NAME)] | None = None
    """Host name."""
    domain: NativeName | None = None
    """DNS domain."""
    time_zone: Annotated[str, MaxLen(100)] | None = None
    """Time zone, by the guest's name for it."""
    networks: Annotated[tuple[GuestNetwork, ...], MaxLen(10), ListMap("name")] = ()
    """Network interfaces as the guest configures them."""
    user_data: UserData | None = None
    """What the guest configures itself by at its first boot."""
    sysprep: Sysprep | None = None
    """What Windows is told at its first boot."""
    guest_commands: Annotated[tuple[GuestCommand, ...], MaxLen(20)] = ()
    """Commands inside the guest, in their order."""
    certificates: Annotated[tuple[GuestCertificate, ...], MaxLen(10), ListMap("name")] = ()
    """Certificates for the guest."""
    tags: Annotated[tuple[str, ...], MaxLen(50)] = ()
    """Tags that the new machine carries on the hypervisor."""

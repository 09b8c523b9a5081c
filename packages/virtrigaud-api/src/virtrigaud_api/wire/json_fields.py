"""Every JSON key and every fixed word inside the JSON strings of the wire, each exactly once.

The keys are those of VirtRigaud's Go implementation, in its declaration order. Keys below a comment
that says "ours" are additions that its readers ignore. Used by the payload modules of the wire only.
"""

from enum import StrEnum
from typing import Final

NO_DISK_FORMAT: Final = "template"
"""The Go manager's word in `Format` for an image that names no disk format."""

EXPAND_ONLINE: Final = "Online"
REMOVAL_DELETE: Final = "Delete"
CLOUD_INIT: Final = "cloud-init"


class Payload(StrEnum):
    """The JSON strings, by the name of the message field that carries them; errors begin with it."""

    CLASS = "class_json"
    IMAGE = "image_json"
    NETWORKS = "networks_json"
    DISKS = "disks_json"
    PLACEMENT = "placement_json"
    DESIRED = "desired_json"
    CUSTOMIZE = "customize_json"
    STORAGE_OPTIONS = "storage_options_json"
    PROVIDER_RAW = "provider_raw_json"


class ClassField(StrEnum):
    """Hardware, as Create and Reconfigure carry it."""

    CPU = "CPU"
    MEMORY_MIB = "MemoryMiB"
    FIRMWARE = "Firmware"
    DISK_DEFAULTS = "DiskDefaults"
    GUEST_TOOLS_POLICY = "GuestToolsPolicy"
    EXTRA_CONFIG = "ExtraConfig"
    PERFORMANCE_PROFILE = "PerformanceProfile"
    SECURITY_PROFILE = "SecurityProfile"
    RESOURCE_LIMITS = "ResourceLimits"
    # Ours.
    GPUS = "GPUs"


class DiskDefaultsField(StrEnum):
    """The root disk."""

    TYPE = "Type"
    SIZE_GIB = "SizeGiB"
    # Ours.
    IOPS = "IOPS"
    STORAGE_CLASS = "StorageClass"


class PerformanceField(StrEnum):
    """Scheduling and CPU features."""

    LATENCY_SENSITIVITY = "LatencySensitivity"
    CPU_HOT_ADD = "CPUHotAddEnabled"
    MEMORY_HOT_ADD = "MemoryHotAddEnabled"
    VIRTUALIZATION_BASED_SECURITY = "VirtualizationBasedSecurity"
    NESTED_VIRTUALIZATION = "NestedVirtualization"
    HYPER_THREADING_POLICY = "HyperThreadingPolicy"


class SecurityField(StrEnum):
    """Secure boot, TPM, IOMMU and encryption."""

    SECURE_BOOT = "SecureBoot"
    TPM_ENABLED = "TPMEnabled"
    TPM_VERSION = "TPMVersion"
    VTD_ENABLED = "VTDEnabled"
    ENCRYPTION_ENABLED = "EncryptionEnabled"
    KEY_PROVIDER = "KeyProvider"
    REQUIRE_ENCRYPTION = "RequireEncryption"


class LimitsField(StrEnum):
    """Caps and guarantees."""

    CPU_LIMIT = "CPULimit"
    CPU_RESERVATION = "CPUReservation"
    MEMORY_LIMIT_MIB = "MemoryLimitMiB"
    MEMORY_RESERVATION_MIB = "MemoryReservationMiB"
    CPU_SHARES = "CPUShares"


class GpuField(StrEnum):
    """GPUs; the whole object is ours."""

    COUNT = "Count"
    TYPE = "Type"
    MEMORY_MIB = "MemoryMiB"


class ImageField(StrEnum):
    """The boot source, as Create and Reconfigure carry it."""

    TEMPLATE_NAME = "TemplateName"
    PATH = "Path"
    URL = "URL"
    FORMAT = "Format"
    CHECKSUM = "Checksum"
    CHECKSUM_TYPE = "ChecksumType"
    # Ours.
    POOL = "Pool"
    IMPORTED_DISK = "ImportedDisk"


class ImportedDiskField(StrEnum):
    """A disk that exists already; the whole object is ours."""

    DISK_ID = "DiskID"
    PATH = "Path"


class NetworkField(StrEnum):
    """A NIC."""

    NAME = "Name"
    PORTGROUP = "Portgroup"
    NETWORK_NAME = "NetworkName"
    BRIDGE = "Bridge"
    VLAN = "VLAN"
    MODEL = "Model"
    MAC_ADDRESS = "MacAddress"
    IP_POLICY = "IPPolicy"
    STATIC_IP = "StaticIP"
    PREFIX = "Prefix"
    GATEWAY = "Gateway"
    DNS = "DNS"
    PCI_SLOT_NUMBER = "PCISlotNumber"
    # Ours.
    MTU = "MTU"
    NAME_SERVERS = "NameServers"
    DNS_SEARCH = "DNSSearch"
    ROUTES = "Routes"


class RouteField(StrEnum):
    """A static route of a NIC; ours."""

    DESTINATION = "Destination"
    GATEWAY = "Gateway"
    METRIC = "Metric"


class ProxmoxNetworkField(StrEnum):
    """A NIC in the spelling that the Go Proxmox provider expects; read, never written."""

    MAC = "mac"
    STATIC_IP = "static_ip"
    ADDRESS = "address"


class DiskField(StrEnum):
    """A data disk."""

    SIZE_GIB = "SizeGiB"
    TYPE = "Type"
    NAME = "Name"
    # Read by the Go vSphere provider, never sent by the Go manager.
    SCSI = "SCSI"
    # Ours.
    EXPAND_POLICY = "ExpandPolicy"
    STORAGE_CLASS = "StorageClass"
    REMOVAL_POLICY = "RemovalPolicy"


class ScsiField(StrEnum):
    """The place of a disk on a SCSI bus."""

    CONTROLLER = "controller"
    SHARED_BUS = "sharedBus"
    CONTROLLER_TYPE = "controllerType"


class PlacementField(StrEnum):
    """Where a machine should live."""

    DATASTORE = "Datastore"
    STORAGE_POD = "StoragePod"
    CLUSTER = "Cluster"
    FOLDER = "Folder"
    HOST = "Host"
    # Ours.
    RESOURCE_POOL = "ResourcePool"


class DesiredField(StrEnum):
    """The whole wanted machine, as Reconfigure carries it."""

    NAME = "Name"
    CLASS = "Class"
    IMAGE = "Image"
    NETWORKS = "Networks"
    DISKS = "Disks"
    USER_DATA = "UserData"
    META_DATA = "MetaData"
    PLACEMENT = "Placement"
    TAGS = "Tags"
    # Ours.
    NETWORK_DATA = "NetworkData"
    IGNITION = "Ignition"


class UserDataField(StrEnum):
    """What the guest reads, as Reconfigure carries it."""

    CLOUD_INIT_DATA = "CloudInitData"
    TYPE = "Type"
    META_DATA_YAML = "MetaDataYAML"
    # Ours: a network config, an Ignition config, and any of the four when it is no UTF-8 text.
    NETWORK_CONFIG_YAML = "NetworkConfigYAML"
    CONFIG = "Config"
    BASE64 = "Base64"


class KubeClassField(StrEnum):
    """Hardware in the spelling of a VMClass, as Clone carries it."""

    CPU = "cpu"
    MEMORY = "memory"
    FIRMWARE = "firmware"
    DISK_DEFAULTS = "diskDefaults"
    GUEST_TOOLS_POLICY = "guestToolsPolicy"
    EXTRA_CONFIG = "extraConfig"
    RESOURCE_LIMITS = "resourceLimits"
    PERFORMANCE_PROFILE = "performanceProfile"
    SECURITY_PROFILE = "securityProfile"


class KubeDiskDefaultsField(StrEnum):
    """The root disk in the spelling of a VMClass."""

    SIZE = "size"
    TYPE = "type"
    IOPS = "iops"
    STORAGE_CLASS = "storageClass"


class KubeLimitsField(StrEnum):
    """Caps and guarantees in the spelling of a VMClass."""

    CPU_LIMIT = "cpuLimit"
    CPU_RESERVATION = "cpuReservation"
    MEMORY_LIMIT = "memoryLimit"
    MEMORY_RESERVATION = "memoryReservation"
    CPU_SHARES = "cpuShares"


class KubePerformanceField(StrEnum):
    """Scheduling and CPU features in the spelling of a VMClass."""

    LATENCY_SENSITIVITY = "latencySensitivity"
    CPU_HOT_ADD = "cpuHotAddEnabled"
    MEMORY_HOT_ADD = "memoryHotAddEnabled"
    VIRTUALIZATION_BASED_SECURITY = "virtualizationBasedSecurity"
    NESTED_VIRTUALIZATION = "nestedVirtualization"
    HYPER_THREADING_POLICY = "hyperThreadingPolicy"


class KubeSecurityField(StrEnum):
    """Secure boot, TPM, IOMMU and encryption in the spelling of a VMClass."""

    SECURE_BOOT = "secureBoot"
    TPM_ENABLED = "tpmEnabled"
    TPM_VERSION = "tpmVersion"
    VTD_ENABLED = "vtdEnabled"
    ENCRYPTION_POLICY = "encryptionPolicy"
    ENABLED = "enabled"
    KEY_PROVIDER = "keyProvider"
    REQUIRE_ENCRYPTION = "requireEncryption"


class CustomizeField(StrEnum):
    """What a copy's guest is told, in the spelling of a VMClone's customization."""

    HOSTNAME = "hostname"
    DOMAIN = "domain"
    TIME_ZONE = "timeZone"
    NETWORKS = "networks"
    USER_DATA = "userData"
    SYSPREP = "sysprep"
    TAGS = "tags"
    GUEST_COMMANDS = "guestCommands"
    CERTIFICATES = "certificates"
    # Ours.
    META_DATA = "metaData"
    NETWORK_DATA = "networkData"


class CustomizeNetworkField(StrEnum):
    """A NIC of a copy, in the spelling of a VMClone's customization."""

    NAME = "name"
    IP_ADDRESS = "ipAddress"
    SUBNET_MASK = "subnetMask"
    GATEWAY = "gateway"
    DNS = "dns"
    MAC_ADDRESS = "macAddress"
    DHCP = "dhcp"


class CustomizeUserDataField(StrEnum):
    """What a copy's guest reads, in the spelling of a VMClone's customization."""

    CLOUD_INIT = "cloudInit"
    IGNITION = "ignition"
    INLINE = "inline"
    SECRET_REF = "secretRef"  # noqa: S105 the name of a reference, no secret


class ImageSpecField(StrEnum):
    """An image in the spelling of a VMImage, as ImagePrepare carries it."""

    SOURCE = "source"
    VSPHERE = "vsphere"
    LIBVIRT = "libvirt"
    PROXMOX = "proxmox"
    HTTP = "http"
    REGISTRY = "registry"
    DATA_VOLUME = "dataVolume"


class ImageSourceField(StrEnum):
    """The sources of a VMImage; each kind of source has some of them."""

    TEMPLATE_NAME = "templateName"
    TEMPLATE_ID = "templateID"
    OVA_URL = "ovaURL"
    CONTENT_LIBRARY = "contentLibrary"
    PATH = "path"
    URL = "url"
    FORMAT = "format"
    CHECKSUM = "checksum"
    CHECKSUM_TYPE = "checksumType"
    STORAGE_POOL = "storagePool"
    STORAGE = "storage"
    HEADERS = "headers"
    AUTHENTICATION = "authentication"


class StorageField(StrEnum):
    """What a staging place says about itself; every other key is one of `contract.StagingOption`."""

    BACKEND = "backend"


class RawField(StrEnum):
    """Keys in `provider_raw_json` of Go providers that fill what their Describe says nowhere else."""

    NAME = "name"
    HOSTNAME = "hostname"
    CPU_COUNT = "cpu_count"
    MEMORY_MB = "memory_mb"
    LIBVIRT_CPUS = "CPU(s)"
    LIBVIRT_MAX_MEMORY = "Max memory"
    PARSE_ERROR = "parseError"

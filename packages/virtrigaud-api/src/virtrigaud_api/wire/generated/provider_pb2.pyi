from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PowerOp(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    POWER_OP_UNSPECIFIED: _ClassVar[PowerOp]
    POWER_OP_ON: _ClassVar[PowerOp]
    POWER_OP_OFF: _ClassVar[PowerOp]
    POWER_OP_REBOOT: _ClassVar[PowerOp]
    POWER_OP_SHUTDOWN_GRACEFUL: _ClassVar[PowerOp]
    POWER_OP_SUSPEND: _ClassVar[PowerOp]

class MachineEventKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MACHINE_EVENT_KIND_UNSPECIFIED: _ClassVar[MachineEventKind]
    MACHINE_EVENT_KIND_CHANGED: _ClassVar[MachineEventKind]
    MACHINE_EVENT_KIND_GONE: _ClassVar[MachineEventKind]
    MACHINE_EVENT_KIND_TASK_ENDED: _ClassVar[MachineEventKind]
    MACHINE_EVENT_KIND_RESYNC: _ClassVar[MachineEventKind]
POWER_OP_UNSPECIFIED: PowerOp
POWER_OP_ON: PowerOp
POWER_OP_OFF: PowerOp
POWER_OP_REBOOT: PowerOp
POWER_OP_SHUTDOWN_GRACEFUL: PowerOp
POWER_OP_SUSPEND: PowerOp
MACHINE_EVENT_KIND_UNSPECIFIED: MachineEventKind
MACHINE_EVENT_KIND_CHANGED: MachineEventKind
MACHINE_EVENT_KIND_GONE: MachineEventKind
MACHINE_EVENT_KIND_TASK_ENDED: MachineEventKind
MACHINE_EVENT_KIND_RESYNC: MachineEventKind

class TaskRef(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class Empty(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ValidateRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ValidateResponse(_message.Message):
    __slots__ = ("ok", "message", "error_kind")
    OK_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    ERROR_KIND_FIELD_NUMBER: _ClassVar[int]
    ok: bool
    message: str
    error_kind: str
    def __init__(self, ok: _Optional[bool] = ..., message: _Optional[str] = ..., error_kind: _Optional[str] = ...) -> None: ...

class Owner(_message.Message):
    __slots__ = ("namespace", "name", "uid")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    UID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    name: str
    uid: str
    def __init__(self, namespace: _Optional[str] = ..., name: _Optional[str] = ..., uid: _Optional[str] = ...) -> None: ...

class CreateRequest(_message.Message):
    __slots__ = ("name", "user_data", "meta_data", "class_json", "image_json", "networks_json", "disks_json", "placement_json", "tags", "owner", "ignition", "network_data", "start", "tell_machine")
    NAME_FIELD_NUMBER: _ClassVar[int]
    USER_DATA_FIELD_NUMBER: _ClassVar[int]
    META_DATA_FIELD_NUMBER: _ClassVar[int]
    CLASS_JSON_FIELD_NUMBER: _ClassVar[int]
    IMAGE_JSON_FIELD_NUMBER: _ClassVar[int]
    NETWORKS_JSON_FIELD_NUMBER: _ClassVar[int]
    DISKS_JSON_FIELD_NUMBER: _ClassVar[int]
    PLACEMENT_JSON_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    IGNITION_FIELD_NUMBER: _ClassVar[int]
    NETWORK_DATA_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    TELL_MACHINE_FIELD_NUMBER: _ClassVar[int]
    name: str
    user_data: bytes
    meta_data: bytes
    class_json: str
    image_json: str
    networks_json: str
    disks_json: str
    placement_json: str
    tags: _containers.RepeatedScalarFieldContainer[str]
    owner: Owner
    ignition: bytes
    network_data: bytes
    start: bool
    tell_machine: bool
    def __init__(self, name: _Optional[str] = ..., user_data: _Optional[bytes] = ..., meta_data: _Optional[bytes] = ..., class_json: _Optional[str] = ..., image_json: _Optional[str] = ..., networks_json: _Optional[str] = ..., disks_json: _Optional[str] = ..., placement_json: _Optional[str] = ..., tags: _Optional[_Iterable[str]] = ..., owner: _Optional[_Union[Owner, _Mapping]] = ..., ignition: _Optional[bytes] = ..., network_data: _Optional[bytes] = ..., start: _Optional[bool] = ..., tell_machine: _Optional[bool] = ...) -> None: ...

class CreateResponse(_message.Message):
    __slots__ = ("id", "task", "machine")
    ID_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    MACHINE_FIELD_NUMBER: _ClassVar[int]
    id: str
    task: TaskRef
    machine: VMInfo
    def __init__(self, id: _Optional[str] = ..., task: _Optional[_Union[TaskRef, _Mapping]] = ..., machine: _Optional[_Union[VMInfo, _Mapping]] = ...) -> None: ...

class DeleteRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class PowerRequest(_message.Message):
    __slots__ = ("id", "op", "graceful_timeout_seconds", "tell_machine")
    ID_FIELD_NUMBER: _ClassVar[int]
    OP_FIELD_NUMBER: _ClassVar[int]
    GRACEFUL_TIMEOUT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    TELL_MACHINE_FIELD_NUMBER: _ClassVar[int]
    id: str
    op: PowerOp
    graceful_timeout_seconds: int
    tell_machine: bool
    def __init__(self, id: _Optional[str] = ..., op: _Optional[_Union[PowerOp, str]] = ..., graceful_timeout_seconds: _Optional[int] = ..., tell_machine: _Optional[bool] = ...) -> None: ...

class ReconfigureRequest(_message.Message):
    __slots__ = ("id", "desired_json", "owner", "tell_machine")
    ID_FIELD_NUMBER: _ClassVar[int]
    DESIRED_JSON_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    TELL_MACHINE_FIELD_NUMBER: _ClassVar[int]
    id: str
    desired_json: str
    owner: Owner
    tell_machine: bool
    def __init__(self, id: _Optional[str] = ..., desired_json: _Optional[str] = ..., owner: _Optional[_Union[Owner, _Mapping]] = ..., tell_machine: _Optional[bool] = ...) -> None: ...

class HardwareUpgradeRequest(_message.Message):
    __slots__ = ("id", "target_version")
    ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_VERSION_FIELD_NUMBER: _ClassVar[int]
    id: str
    target_version: int
    def __init__(self, id: _Optional[str] = ..., target_version: _Optional[int] = ...) -> None: ...

class TaskResponse(_message.Message):
    __slots__ = ("task", "machine")
    TASK_FIELD_NUMBER: _ClassVar[int]
    MACHINE_FIELD_NUMBER: _ClassVar[int]
    task: TaskRef
    machine: VMInfo
    def __init__(self, task: _Optional[_Union[TaskRef, _Mapping]] = ..., machine: _Optional[_Union[VMInfo, _Mapping]] = ...) -> None: ...

class DescribeRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class DescribeResponse(_message.Message):
    __slots__ = ("exists", "power_state", "ips", "console_url", "provider_raw_json", "machine")
    EXISTS_FIELD_NUMBER: _ClassVar[int]
    POWER_STATE_FIELD_NUMBER: _ClassVar[int]
    IPS_FIELD_NUMBER: _ClassVar[int]
    CONSOLE_URL_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_RAW_JSON_FIELD_NUMBER: _ClassVar[int]
    MACHINE_FIELD_NUMBER: _ClassVar[int]
    exists: bool
    power_state: str
    ips: _containers.RepeatedScalarFieldContainer[str]
    console_url: str
    provider_raw_json: str
    machine: VMInfo
    def __init__(self, exists: _Optional[bool] = ..., power_state: _Optional[str] = ..., ips: _Optional[_Iterable[str]] = ..., console_url: _Optional[str] = ..., provider_raw_json: _Optional[str] = ..., machine: _Optional[_Union[VMInfo, _Mapping]] = ...) -> None: ...

class TaskStatusRequest(_message.Message):
    __slots__ = ("task",)
    TASK_FIELD_NUMBER: _ClassVar[int]
    task: TaskRef
    def __init__(self, task: _Optional[_Union[TaskRef, _Mapping]] = ...) -> None: ...

class TaskStatusResponse(_message.Message):
    __slots__ = ("done", "error", "error_kind", "percent", "machine_id")
    DONE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    ERROR_KIND_FIELD_NUMBER: _ClassVar[int]
    PERCENT_FIELD_NUMBER: _ClassVar[int]
    MACHINE_ID_FIELD_NUMBER: _ClassVar[int]
    done: bool
    error: str
    error_kind: str
    percent: int
    machine_id: str
    def __init__(self, done: _Optional[bool] = ..., error: _Optional[str] = ..., error_kind: _Optional[str] = ..., percent: _Optional[int] = ..., machine_id: _Optional[str] = ...) -> None: ...

class GuestRunRequest(_message.Message):
    __slots__ = ("vm_id", "key", "arguments", "timeout_milliseconds")
    VM_ID_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    ARGUMENTS_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_MILLISECONDS_FIELD_NUMBER: _ClassVar[int]
    vm_id: str
    key: str
    arguments: _containers.RepeatedScalarFieldContainer[str]
    timeout_milliseconds: int
    def __init__(self, vm_id: _Optional[str] = ..., key: _Optional[str] = ..., arguments: _Optional[_Iterable[str]] = ..., timeout_milliseconds: _Optional[int] = ...) -> None: ...

class TaskCancelRequest(_message.Message):
    __slots__ = ("task",)
    TASK_FIELD_NUMBER: _ClassVar[int]
    task: TaskRef
    def __init__(self, task: _Optional[_Union[TaskRef, _Mapping]] = ...) -> None: ...

class TaskCancelResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class FindMachineRequest(_message.Message):
    __slots__ = ("owner",)
    OWNER_FIELD_NUMBER: _ClassVar[int]
    owner: Owner
    def __init__(self, owner: _Optional[_Union[Owner, _Mapping]] = ...) -> None: ...

class FindMachineResponse(_message.Message):
    __slots__ = ("id", "task")
    ID_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    id: str
    task: TaskRef
    def __init__(self, id: _Optional[str] = ..., task: _Optional[_Union[TaskRef, _Mapping]] = ...) -> None: ...

class SnapshotCreateRequest(_message.Message):
    __slots__ = ("vm_id", "name_hint", "include_memory", "description", "quiesce")
    VM_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_HINT_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_MEMORY_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    QUIESCE_FIELD_NUMBER: _ClassVar[int]
    vm_id: str
    name_hint: str
    include_memory: bool
    description: str
    quiesce: bool
    def __init__(self, vm_id: _Optional[str] = ..., name_hint: _Optional[str] = ..., include_memory: _Optional[bool] = ..., description: _Optional[str] = ..., quiesce: _Optional[bool] = ...) -> None: ...

class SnapshotCreateResponse(_message.Message):
    __slots__ = ("snapshot_id", "task")
    SNAPSHOT_ID_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    snapshot_id: str
    task: TaskRef
    def __init__(self, snapshot_id: _Optional[str] = ..., task: _Optional[_Union[TaskRef, _Mapping]] = ...) -> None: ...

class SnapshotDeleteRequest(_message.Message):
    __slots__ = ("vm_id", "snapshot_id")
    VM_ID_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_ID_FIELD_NUMBER: _ClassVar[int]
    vm_id: str
    snapshot_id: str
    def __init__(self, vm_id: _Optional[str] = ..., snapshot_id: _Optional[str] = ...) -> None: ...

class SnapshotRevertRequest(_message.Message):
    __slots__ = ("vm_id", "snapshot_id")
    VM_ID_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_ID_FIELD_NUMBER: _ClassVar[int]
    vm_id: str
    snapshot_id: str
    def __init__(self, vm_id: _Optional[str] = ..., snapshot_id: _Optional[str] = ...) -> None: ...

class CloneRequest(_message.Message):
    __slots__ = ("source_vm_id", "target_name", "linked", "class_json", "placement_json", "customize_json", "owner")
    SOURCE_VM_ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_NAME_FIELD_NUMBER: _ClassVar[int]
    LINKED_FIELD_NUMBER: _ClassVar[int]
    CLASS_JSON_FIELD_NUMBER: _ClassVar[int]
    PLACEMENT_JSON_FIELD_NUMBER: _ClassVar[int]
    CUSTOMIZE_JSON_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    source_vm_id: str
    target_name: str
    linked: bool
    class_json: str
    placement_json: str
    customize_json: str
    owner: Owner
    def __init__(self, source_vm_id: _Optional[str] = ..., target_name: _Optional[str] = ..., linked: _Optional[bool] = ..., class_json: _Optional[str] = ..., placement_json: _Optional[str] = ..., customize_json: _Optional[str] = ..., owner: _Optional[_Union[Owner, _Mapping]] = ...) -> None: ...

class CloneResponse(_message.Message):
    __slots__ = ("target_vm_id", "task")
    TARGET_VM_ID_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    target_vm_id: str
    task: TaskRef
    def __init__(self, target_vm_id: _Optional[str] = ..., task: _Optional[_Union[TaskRef, _Mapping]] = ...) -> None: ...

class ImagePrepareRequest(_message.Message):
    __slots__ = ("image_json", "target_name", "storage_hint", "target_format", "download_headers", "download_timeout_seconds")
    class DownloadHeadersEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    IMAGE_JSON_FIELD_NUMBER: _ClassVar[int]
    TARGET_NAME_FIELD_NUMBER: _ClassVar[int]
    STORAGE_HINT_FIELD_NUMBER: _ClassVar[int]
    TARGET_FORMAT_FIELD_NUMBER: _ClassVar[int]
    DOWNLOAD_HEADERS_FIELD_NUMBER: _ClassVar[int]
    DOWNLOAD_TIMEOUT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    image_json: str
    target_name: str
    storage_hint: str
    target_format: str
    download_headers: _containers.ScalarMap[str, str]
    download_timeout_seconds: int
    def __init__(self, image_json: _Optional[str] = ..., target_name: _Optional[str] = ..., storage_hint: _Optional[str] = ..., target_format: _Optional[str] = ..., download_headers: _Optional[_Mapping[str, str]] = ..., download_timeout_seconds: _Optional[int] = ...) -> None: ...

class ImageDescribeRequest(_message.Message):
    __slots__ = ("image_json", "target_name", "storage_hint", "target_format")
    IMAGE_JSON_FIELD_NUMBER: _ClassVar[int]
    TARGET_NAME_FIELD_NUMBER: _ClassVar[int]
    STORAGE_HINT_FIELD_NUMBER: _ClassVar[int]
    TARGET_FORMAT_FIELD_NUMBER: _ClassVar[int]
    image_json: str
    target_name: str
    storage_hint: str
    target_format: str
    def __init__(self, image_json: _Optional[str] = ..., target_name: _Optional[str] = ..., storage_hint: _Optional[str] = ..., target_format: _Optional[str] = ...) -> None: ...

class ImageDescribeResponse(_message.Message):
    __slots__ = ("exists", "id", "path", "size_bytes", "format", "checksum", "checksum_type")
    EXISTS_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    CHECKSUM_FIELD_NUMBER: _ClassVar[int]
    CHECKSUM_TYPE_FIELD_NUMBER: _ClassVar[int]
    exists: bool
    id: str
    path: str
    size_bytes: int
    format: str
    checksum: str
    checksum_type: str
    def __init__(self, exists: _Optional[bool] = ..., id: _Optional[str] = ..., path: _Optional[str] = ..., size_bytes: _Optional[int] = ..., format: _Optional[str] = ..., checksum: _Optional[str] = ..., checksum_type: _Optional[str] = ...) -> None: ...

class ImageDeleteRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class ImagePrepareResponse(_message.Message):
    __slots__ = ("task", "prepared_image_id", "prepared_image_path")
    TASK_FIELD_NUMBER: _ClassVar[int]
    PREPARED_IMAGE_ID_FIELD_NUMBER: _ClassVar[int]
    PREPARED_IMAGE_PATH_FIELD_NUMBER: _ClassVar[int]
    task: TaskRef
    prepared_image_id: str
    prepared_image_path: str
    def __init__(self, task: _Optional[_Union[TaskRef, _Mapping]] = ..., prepared_image_id: _Optional[str] = ..., prepared_image_path: _Optional[str] = ...) -> None: ...

class ExportDiskRequest(_message.Message):
    __slots__ = ("vm_id", "disk_id", "snapshot_id", "destination_url", "format", "compress", "credentials", "backend_type", "transfer_mode", "storage_options_json")
    class CredentialsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    VM_ID_FIELD_NUMBER: _ClassVar[int]
    DISK_ID_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_ID_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_URL_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    COMPRESS_FIELD_NUMBER: _ClassVar[int]
    CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    BACKEND_TYPE_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_MODE_FIELD_NUMBER: _ClassVar[int]
    STORAGE_OPTIONS_JSON_FIELD_NUMBER: _ClassVar[int]
    vm_id: str
    disk_id: str
    snapshot_id: str
    destination_url: str
    format: str
    compress: bool
    credentials: _containers.ScalarMap[str, str]
    backend_type: str
    transfer_mode: str
    storage_options_json: str
    def __init__(self, vm_id: _Optional[str] = ..., disk_id: _Optional[str] = ..., snapshot_id: _Optional[str] = ..., destination_url: _Optional[str] = ..., format: _Optional[str] = ..., compress: _Optional[bool] = ..., credentials: _Optional[_Mapping[str, str]] = ..., backend_type: _Optional[str] = ..., transfer_mode: _Optional[str] = ..., storage_options_json: _Optional[str] = ...) -> None: ...

class ExportDiskResponse(_message.Message):
    __slots__ = ("export_id", "task", "estimated_size_bytes", "checksum")
    EXPORT_ID_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    ESTIMATED_SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    CHECKSUM_FIELD_NUMBER: _ClassVar[int]
    export_id: str
    task: TaskRef
    estimated_size_bytes: int
    checksum: str
    def __init__(self, export_id: _Optional[str] = ..., task: _Optional[_Union[TaskRef, _Mapping]] = ..., estimated_size_bytes: _Optional[int] = ..., checksum: _Optional[str] = ...) -> None: ...

class ImportDiskRequest(_message.Message):
    __slots__ = ("source_url", "storage_hint", "format", "target_name", "verify_checksum", "expected_checksum", "credentials", "backend_type", "transfer_mode", "storage_options_json")
    class CredentialsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SOURCE_URL_FIELD_NUMBER: _ClassVar[int]
    STORAGE_HINT_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    TARGET_NAME_FIELD_NUMBER: _ClassVar[int]
    VERIFY_CHECKSUM_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_CHECKSUM_FIELD_NUMBER: _ClassVar[int]
    CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    BACKEND_TYPE_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_MODE_FIELD_NUMBER: _ClassVar[int]
    STORAGE_OPTIONS_JSON_FIELD_NUMBER: _ClassVar[int]
    source_url: str
    storage_hint: str
    format: str
    target_name: str
    verify_checksum: bool
    expected_checksum: str
    credentials: _containers.ScalarMap[str, str]
    backend_type: str
    transfer_mode: str
    storage_options_json: str
    def __init__(self, source_url: _Optional[str] = ..., storage_hint: _Optional[str] = ..., format: _Optional[str] = ..., target_name: _Optional[str] = ..., verify_checksum: _Optional[bool] = ..., expected_checksum: _Optional[str] = ..., credentials: _Optional[_Mapping[str, str]] = ..., backend_type: _Optional[str] = ..., transfer_mode: _Optional[str] = ..., storage_options_json: _Optional[str] = ...) -> None: ...

class ImportDiskResponse(_message.Message):
    __slots__ = ("disk_id", "path", "task", "actual_size_bytes", "checksum")
    DISK_ID_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    ACTUAL_SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    CHECKSUM_FIELD_NUMBER: _ClassVar[int]
    disk_id: str
    path: str
    task: TaskRef
    actual_size_bytes: int
    checksum: str
    def __init__(self, disk_id: _Optional[str] = ..., path: _Optional[str] = ..., task: _Optional[_Union[TaskRef, _Mapping]] = ..., actual_size_bytes: _Optional[int] = ..., checksum: _Optional[str] = ...) -> None: ...

class GetDiskInfoRequest(_message.Message):
    __slots__ = ("vm_id", "disk_id", "snapshot_id")
    VM_ID_FIELD_NUMBER: _ClassVar[int]
    DISK_ID_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_ID_FIELD_NUMBER: _ClassVar[int]
    vm_id: str
    disk_id: str
    snapshot_id: str
    def __init__(self, vm_id: _Optional[str] = ..., disk_id: _Optional[str] = ..., snapshot_id: _Optional[str] = ...) -> None: ...

class GetDiskInfoResponse(_message.Message):
    __slots__ = ("disk_id", "format", "virtual_size_bytes", "actual_size_bytes", "path", "is_bootable", "snapshots", "backing_file", "metadata")
    class MetadataEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    DISK_ID_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    VIRTUAL_SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    ACTUAL_SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    IS_BOOTABLE_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOTS_FIELD_NUMBER: _ClassVar[int]
    BACKING_FILE_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    disk_id: str
    format: str
    virtual_size_bytes: int
    actual_size_bytes: int
    path: str
    is_bootable: bool
    snapshots: _containers.RepeatedScalarFieldContainer[str]
    backing_file: str
    metadata: _containers.ScalarMap[str, str]
    def __init__(self, disk_id: _Optional[str] = ..., format: _Optional[str] = ..., virtual_size_bytes: _Optional[int] = ..., actual_size_bytes: _Optional[int] = ..., path: _Optional[str] = ..., is_bootable: _Optional[bool] = ..., snapshots: _Optional[_Iterable[str]] = ..., backing_file: _Optional[str] = ..., metadata: _Optional[_Mapping[str, str]] = ...) -> None: ...

class ListVMsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListVMsResponse(_message.Message):
    __slots__ = ("vms",)
    VMS_FIELD_NUMBER: _ClassVar[int]
    vms: _containers.RepeatedCompositeFieldContainer[VMInfo]
    def __init__(self, vms: _Optional[_Iterable[_Union[VMInfo, _Mapping]]] = ...) -> None: ...

class VMInfo(_message.Message):
    __slots__ = ("id", "name", "power_state", "ips", "cpu", "memory_mib", "disks", "networks", "provider_raw", "owner", "power_detail", "hostname", "console_url", "pending_restart", "tags", "place", "complete")
    class ProviderRawEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    POWER_STATE_FIELD_NUMBER: _ClassVar[int]
    IPS_FIELD_NUMBER: _ClassVar[int]
    CPU_FIELD_NUMBER: _ClassVar[int]
    MEMORY_MIB_FIELD_NUMBER: _ClassVar[int]
    DISKS_FIELD_NUMBER: _ClassVar[int]
    NETWORKS_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_RAW_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    POWER_DETAIL_FIELD_NUMBER: _ClassVar[int]
    HOSTNAME_FIELD_NUMBER: _ClassVar[int]
    CONSOLE_URL_FIELD_NUMBER: _ClassVar[int]
    PENDING_RESTART_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    power_state: str
    ips: _containers.RepeatedScalarFieldContainer[str]
    cpu: int
    memory_mib: int
    disks: _containers.RepeatedCompositeFieldContainer[DiskInfo]
    networks: _containers.RepeatedCompositeFieldContainer[NetworkInfo]
    provider_raw: _containers.ScalarMap[str, str]
    owner: Owner
    power_detail: str
    hostname: str
    console_url: str
    pending_restart: bool
    tags: _containers.RepeatedScalarFieldContainer[str]
    place: MachinePlace
    complete: bool
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., power_state: _Optional[str] = ..., ips: _Optional[_Iterable[str]] = ..., cpu: _Optional[int] = ..., memory_mib: _Optional[int] = ..., disks: _Optional[_Iterable[_Union[DiskInfo, _Mapping]]] = ..., networks: _Optional[_Iterable[_Union[NetworkInfo, _Mapping]]] = ..., provider_raw: _Optional[_Mapping[str, str]] = ..., owner: _Optional[_Union[Owner, _Mapping]] = ..., power_detail: _Optional[str] = ..., hostname: _Optional[str] = ..., console_url: _Optional[str] = ..., pending_restart: _Optional[bool] = ..., tags: _Optional[_Iterable[str]] = ..., place: _Optional[_Union[MachinePlace, _Mapping]] = ..., complete: _Optional[bool] = ...) -> None: ...

class MachinePlace(_message.Message):
    __slots__ = ("datastore", "storage_pod", "cluster", "folder", "host", "resource_pool")
    DATASTORE_FIELD_NUMBER: _ClassVar[int]
    STORAGE_POD_FIELD_NUMBER: _ClassVar[int]
    CLUSTER_FIELD_NUMBER: _ClassVar[int]
    FOLDER_FIELD_NUMBER: _ClassVar[int]
    HOST_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_POOL_FIELD_NUMBER: _ClassVar[int]
    datastore: str
    storage_pod: str
    cluster: str
    folder: str
    host: str
    resource_pool: str
    def __init__(self, datastore: _Optional[str] = ..., storage_pod: _Optional[str] = ..., cluster: _Optional[str] = ..., folder: _Optional[str] = ..., host: _Optional[str] = ..., resource_pool: _Optional[str] = ...) -> None: ...

class DiskInfo(_message.Message):
    __slots__ = ("id", "path", "size_gib", "format", "size_bytes", "name", "root")
    ID_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    SIZE_GIB_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ROOT_FIELD_NUMBER: _ClassVar[int]
    id: str
    path: str
    size_gib: int
    format: str
    size_bytes: int
    name: str
    root: bool
    def __init__(self, id: _Optional[str] = ..., path: _Optional[str] = ..., size_gib: _Optional[int] = ..., format: _Optional[str] = ..., size_bytes: _Optional[int] = ..., name: _Optional[str] = ..., root: _Optional[bool] = ...) -> None: ...

class NetworkInfo(_message.Message):
    __slots__ = ("name", "mac", "ip_address", "ip_addresses", "network", "bridge", "vlan", "model", "described")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MAC_FIELD_NUMBER: _ClassVar[int]
    IP_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    IP_ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    NETWORK_FIELD_NUMBER: _ClassVar[int]
    BRIDGE_FIELD_NUMBER: _ClassVar[int]
    VLAN_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    DESCRIBED_FIELD_NUMBER: _ClassVar[int]
    name: str
    mac: str
    ip_address: str
    ip_addresses: _containers.RepeatedScalarFieldContainer[str]
    network: str
    bridge: str
    vlan: int
    model: str
    described: bool
    def __init__(self, name: _Optional[str] = ..., mac: _Optional[str] = ..., ip_address: _Optional[str] = ..., ip_addresses: _Optional[_Iterable[str]] = ..., network: _Optional[str] = ..., bridge: _Optional[str] = ..., vlan: _Optional[int] = ..., model: _Optional[str] = ..., described: _Optional[bool] = ...) -> None: ...

class GetCapabilitiesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetCapabilitiesResponse(_message.Message):
    __slots__ = ("supports_reconfigure_online", "supports_disk_expansion_online", "supports_snapshots", "supports_memory_snapshots", "supports_linked_clones", "supports_image_import", "supported_disk_types", "supported_network_types", "supports_disk_export", "supports_disk_import", "supported_export_formats", "supported_import_formats", "supports_export_compression", "supported_export_backends", "supported_import_backends", "supported_transfer_modes", "supports_clones", "supports_watch", "supports_task_cancel", "supports_owner_search", "supports_image_inventory", "supports_suspend", "supports_guest_commands")
    SUPPORTS_RECONFIGURE_ONLINE_FIELD_NUMBER: _ClassVar[int]
    SUPPORTS_DISK_EXPANSION_ONLINE_FIELD_NUMBER: _ClassVar[int]
    SUPPORTS_SNAPSHOTS_FIELD_NUMBER: _ClassVar[int]
    SUPPORTS_MEMORY_SNAPSHOTS_FIELD_NUMBER: _ClassVar[int]
    SUPPORTS_LINKED_CLONES_FIELD_NUMBER: _ClassVar[int]
    SUPPORTS_IMAGE_IMPORT_FIELD_NUMBER: _ClassVar[int]
    SUPPORTED_DISK_TYPES_FIELD_NUMBER: _ClassVar[int]
    SUPPORTED_NETWORK_TYPES_FIELD_NUMBER: _ClassVar[int]
    SUPPORTS_DISK_EXPORT_FIELD_NUMBER: _ClassVar[int]
    SUPPORTS_DISK_IMPORT_FIELD_NUMBER: _ClassVar[int]
    SUPPORTED_EXPORT_FORMATS_FIELD_NUMBER: _ClassVar[int]
    SUPPORTED_IMPORT_FORMATS_FIELD_NUMBER: _ClassVar[int]
    SUPPORTS_EXPORT_COMPRESSION_FIELD_NUMBER: _ClassVar[int]
    SUPPORTED_EXPORT_BACKENDS_FIELD_NUMBER: _ClassVar[int]
    SUPPORTED_IMPORT_BACKENDS_FIELD_NUMBER: _ClassVar[int]
    SUPPORTED_TRANSFER_MODES_FIELD_NUMBER: _ClassVar[int]
    SUPPORTS_CLONES_FIELD_NUMBER: _ClassVar[int]
    SUPPORTS_WATCH_FIELD_NUMBER: _ClassVar[int]
    SUPPORTS_TASK_CANCEL_FIELD_NUMBER: _ClassVar[int]
    SUPPORTS_OWNER_SEARCH_FIELD_NUMBER: _ClassVar[int]
    SUPPORTS_IMAGE_INVENTORY_FIELD_NUMBER: _ClassVar[int]
    SUPPORTS_SUSPEND_FIELD_NUMBER: _ClassVar[int]
    SUPPORTS_GUEST_COMMANDS_FIELD_NUMBER: _ClassVar[int]
    supports_reconfigure_online: bool
    supports_disk_expansion_online: bool
    supports_snapshots: bool
    supports_memory_snapshots: bool
    supports_linked_clones: bool
    supports_image_import: bool
    supported_disk_types: _containers.RepeatedScalarFieldContainer[str]
    supported_network_types: _containers.RepeatedScalarFieldContainer[str]
    supports_disk_export: bool
    supports_disk_import: bool
    supported_export_formats: _containers.RepeatedScalarFieldContainer[str]
    supported_import_formats: _containers.RepeatedScalarFieldContainer[str]
    supports_export_compression: bool
    supported_export_backends: _containers.RepeatedScalarFieldContainer[str]
    supported_import_backends: _containers.RepeatedScalarFieldContainer[str]
    supported_transfer_modes: _containers.RepeatedScalarFieldContainer[str]
    supports_clones: bool
    supports_watch: bool
    supports_task_cancel: bool
    supports_owner_search: bool
    supports_image_inventory: bool
    supports_suspend: bool
    supports_guest_commands: bool
    def __init__(self, supports_reconfigure_online: _Optional[bool] = ..., supports_disk_expansion_online: _Optional[bool] = ..., supports_snapshots: _Optional[bool] = ..., supports_memory_snapshots: _Optional[bool] = ..., supports_linked_clones: _Optional[bool] = ..., supports_image_import: _Optional[bool] = ..., supported_disk_types: _Optional[_Iterable[str]] = ..., supported_network_types: _Optional[_Iterable[str]] = ..., supports_disk_export: _Optional[bool] = ..., supports_disk_import: _Optional[bool] = ..., supported_export_formats: _Optional[_Iterable[str]] = ..., supported_import_formats: _Optional[_Iterable[str]] = ..., supports_export_compression: _Optional[bool] = ..., supported_export_backends: _Optional[_Iterable[str]] = ..., supported_import_backends: _Optional[_Iterable[str]] = ..., supported_transfer_modes: _Optional[_Iterable[str]] = ..., supports_clones: _Optional[bool] = ..., supports_watch: _Optional[bool] = ..., supports_task_cancel: _Optional[bool] = ..., supports_owner_search: _Optional[bool] = ..., supports_image_inventory: _Optional[bool] = ..., supports_suspend: _Optional[bool] = ..., supports_guest_commands: _Optional[bool] = ...) -> None: ...

class WatchRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class MachineEvent(_message.Message):
    __slots__ = ("kind", "machine_id", "task", "machine")
    KIND_FIELD_NUMBER: _ClassVar[int]
    MACHINE_ID_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    MACHINE_FIELD_NUMBER: _ClassVar[int]
    kind: MachineEventKind
    machine_id: str
    task: TaskRef
    machine: VMInfo
    def __init__(self, kind: _Optional[_Union[MachineEventKind, str]] = ..., machine_id: _Optional[str] = ..., task: _Optional[_Union[TaskRef, _Mapping]] = ..., machine: _Optional[_Union[VMInfo, _Mapping]] = ...) -> None: ...

"""The calls of the port and its facets, by name: what durations and injected faults are set for."""

from enum import StrEnum


class Verb(StrEnum):
    """A call that reaches the hypervisor."""

    VALIDATE = "validate"
    CREATE = "create"
    DESCRIBE = "describe"
    FIND = "find"
    POWER = "power"
    RECONFIGURE = "reconfigure"
    DELETE = "delete"
    MACHINES = "machines"
    TASK = "task"
    SNAPSHOT = "snapshot"
    DELETE_SNAPSHOT = "delete_snapshot"
    REVERT_TO_SNAPSHOT = "revert_to_snapshot"
    RUN_IN_GUEST = "run_in_guest"
    CLONE = "clone"
    PREPARE_IMAGE = "prepare_image"
    IMAGE = "image"
    DELETE_IMAGE = "delete_image"
    EXPORT_DISK = "export_disk"
    IMPORT_DISK = "import_disk"
    DISK_INFO = "disk_info"
    EVENTS = "events"

"""The spelling of field names in manifests: camelCase with Kubernetes' capitals for acronyms.

Called by the base model for every field; `disk_id` becomes `diskID`, `size_gib` becomes `sizeGiB`.
"""

_CAPITALS = {
    "cidr": "CIDR",
    "cpu": "CPU",
    "fd": "FD",
    "gib": "GiB",
    "id": "ID",
    "ids": "IDs",
    "idx": "IDX",
    "iops": "IOPS",
    "ip": "IP",
    "mac": "MAC",
    "mib": "MiB",
    "numa": "NUMA",
    "pvc": "PVC",
    "tpm": "TPM",
    "url": "URL",
    "vm": "VM",
    "vms": "VMs",
}


def camel_case(field_name: str) -> str:
    """Spell a Python field name as manifests spell it."""
    first, *rest = field_name.split("_")
    return first + "".join(_CAPITALS.get(word, word.capitalize()) for word in rest)

"""What happens when somebody changes a machine on the hypervisor: it is put right, or only reported."""

from enum import StrEnum

from virtrigaud_api.v1beta1.kube_model import KubeModel


class DriftAction(StrEnum):
    """What happens to a difference that nobody described."""

    ENFORCE = "Enforce"
    REPORT = "Report"


class DriftPolicy(KubeModel):
    """What happens when the machine is not as described, for each group of fields."""

    power: DriftAction = DriftAction.ENFORCE
    """Power state: switched back to powerState (Enforce), or only reported (Report)."""
    resources: DriftAction = DriftAction.ENFORCE
    """CPUs, memory and GPUs of the class and of resources."""
    disks: DriftAction = DriftAction.ENFORCE
    """Data disks, and the size of the root disk. A disk is never made smaller or deleted for it."""
    networks: DriftAction = DriftAction.ENFORCE
    """Network interfaces, and what they are connected to."""
    tags: DriftAction = DriftAction.ENFORCE
    """Tags that the machine carries on the hypervisor."""
    placement: DriftAction = DriftAction.REPORT
    """Host, cluster and folder. Hypervisors move machines themselves, so that this is only reported."""

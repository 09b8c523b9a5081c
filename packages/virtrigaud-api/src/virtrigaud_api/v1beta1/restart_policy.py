"""Whether and when a running machine is restarted for a change that it takes over only at its next start."""

from enum import StrEnum
from typing import Annotated

from annotated_types import MaxLen

from virtrigaud_api.quantity import Duration
from virtrigaud_api.v1beta1.cron import CronSchedule, TimeZone
from virtrigaud_api.v1beta1.kube_model import KubeModel


class RestartType(StrEnum):
    """When a machine is restarted for a change."""

    NEVER = "Never"
    ON_CHANGE = "OnChange"
    WITHIN_WINDOW = "WithinWindow"


class MaintenanceWindow(KubeModel):
    """A span of time that comes again and again."""

    schedule: CronSchedule
    """When the window opens: five fields as in cron(5), or a macro such as @weekly."""
    duration: Duration
    """How long it stays open, for example 2h."""
    time_zone: TimeZone = "UTC"
    """Time zone of the schedule, by its IANA name, for example Europe/Berlin."""


class RestartPolicy(KubeModel):
    """Whether and when the machine is restarted for a change that needs it."""

    type: RestartType = RestartType.NEVER
    """Not by VirtRigaud (Never; the change is reported as pending), at once (OnChange), or in a window."""
    windows: Annotated[tuple[MaintenanceWindow, ...], MaxLen(10)] = ()
    """When restarts may begin, for type WithinWindow."""

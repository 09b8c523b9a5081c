"""When a maintenance window is open, and when the next one opens. Pure.

A cron schedule opens a window, in its time zone, and follows the clock as cron does: an opening in an hour
that the clock skips comes right after it, and one in an hour that comes twice comes once. `@every` counts
from the beginning of 1970 in UTC, so that every manager finds the same windows.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from virtrigaud_api.quantity import Duration
from virtrigaud_api.v1beta1.restart_policy import MaintenanceWindow

_MACROS: Final = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_EVERY: Final = "@every "
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def fault(window: MaintenanceWindow) -> str | None:
    """Say what is wrong with a window that its pattern can't know."""
    try:
        _zone(window)
    except (KeyError, ValueError, OSError):
        return f"time zone {window.time_zone} is not known"
    if window.schedule.startswith(_EVERY):
        return _fault_of_period(window)
    try:
        CronSim(_fields(window), _EPOCH)
    except CronSimError as error:
        return f"schedule {window.schedule} can't be read: {error}"
    return None


def is_open(windows: Sequence[MaintenanceWindow], now: datetime) -> bool:
    """Tell whether one of the windows is open."""
    return any(_opening_after(window, now - window.duration.timedelta) <= now for window in windows)


def next_opening(windows: Sequence[MaintenanceWindow], now: datetime) -> datetime | None:
    """Return when the next window opens, in its own time zone; None when none ever does."""
    openings = [opening for window in windows if (opening := _opening_after(window, now)) != _NEVER]
    return min(openings, default=None)


_NEVER: Final = datetime.max.replace(tzinfo=UTC)


def _opening_after(window: MaintenanceWindow, moment: datetime) -> datetime:
    """Return when a window opens next; one with a fault never does."""
    if fault(window) is not None:
        return _NEVER
    if window.schedule.startswith(_EVERY):
        period = _period(window)
        return _EPOCH + ((moment - _EPOCH) // period + 1) * period
    return next(CronSim(_fields(window), moment.astimezone(_zone(window))), _NEVER)


def _fields(window: MaintenanceWindow) -> str:
    return _MACROS.get(window.schedule, window.schedule)


def _fault_of_period(window: MaintenanceWindow) -> str | None:
    try:
        return None if _period(window) else f"{window.schedule} is no time span"
    except ValueError as error:
        return f"schedule {window.schedule} can't be read: {error}"


def _period(window: MaintenanceWindow) -> timedelta:
    return Duration(window.schedule.removeprefix(_EVERY)).timedelta


def _zone(window: MaintenanceWindow) -> ZoneInfo:
    return ZoneInfo(window.time_zone)

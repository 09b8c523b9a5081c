"""What an action for a VMImage returns when it was done."""

from dataclasses import dataclass

from virtrigaud_api.contract import PreparedImage, TaskRef

from virtrigaud_manager.outcome import Failed


@dataclass(frozen=True, slots=True)
class Done:
    """It is done, or there was nothing to do."""


@dataclass(frozen=True, slots=True)
class Removed:
    """An imported image is gone, or will be when the task ends."""

    task: TaskRef | None


Result = Done | Removed | PreparedImage

Outcome = Result | Failed

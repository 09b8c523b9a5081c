"""The one error of the command line: a sentence for a person, and what to do about it.

Raised by every part below the commands; `application` prints it and exits with 1. Anything else that
escapes is a defect and shows its traceback.
"""


class CommandFailed(Exception):
    """Something that the user asked for did not happen."""

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

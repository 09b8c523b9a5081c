"""The one error that requests end with, and the Status document that it becomes.

Every layer raises `ApiError` through the functions here; `http` turns it into an answer. Messages follow the
wording of the Kubernetes API conventions, so that clients that match on them keep working.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from virtrigaud_localkube.document import Document


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason why an object was refused, at one field."""

    reason: str
    message: str
    field: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


@dataclass(frozen=True, slots=True)
class Subject:
    """What an error is about: the resource and, where known, the object."""

    group: str
    plural: str
    kind: str
    name: str = ""

    @property
    def resource(self) -> str:
        """The plural name with its group, as messages spell it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified_kind(self) -> str:
        """The kind with its group, as messages spell it."""
        return f"{self.kind}.{self.group}" if self.group else self.kind


class ApiError(Exception):
    """A request that failed, with all that a Status document says about it."""

    def __init__(
        self, code: int, reason: str, message: str, subject: Subject | None = None, causes: Sequence[Cause] = ()
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.subject = subject
        self.causes = tuple(causes)

    def status(self) -> Document:
        """Describes the failure as a `Status` object."""
        return {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "details": self._details(),
            "code": self.code,
        }

    def _details(self) -> Document:
        details: Document = {}
        if self.subject:
            details = {"name": self.subject.name, "group": self.subject.group, "kind": self.subject.plural}
            if self.reason == "Invalid":
                details["kind"] = self.subject.kind
        if self.causes:
            details["causes"] = [{"reason": c.reason, "message": c.message, "field": c.field} for c in self.causes]
        return {key: value for key, value in details.items() if value}


def bad_request(message: str) -> ApiError:
    """The request itself can't be understood."""
    return ApiError(400, "BadRequest", message)


def unauthorized() -> ApiError:
    """The request carries no credential, or one that isn't ours."""
    return ApiError(401, "Unauthorized", "Unauthorized")


def forbidden(subject: Subject, why: str) -> ApiError:
    """The request is understood and not allowed."""
    what = " ".join(part for part in (subject.resource, f'"{subject.name}"' if subject.name else "") if part)
    return ApiError(403, "Forbidden", f"{what} is forbidden: {why}" if what else f"forbidden: {why}", subject)


def no_such_path() -> ApiError:
    """The path leads to no resource."""
    return ApiError(404, "NotFound", "the server could not find the requested resource")


def not_found(subject: Subject) -> ApiError:
    """The object isn't there."""
    return ApiError(404, "NotFound", f'{subject.resource} "{subject.name}" not found', subject)


def method_not_allowed() -> ApiError:
    """The resource knows no such method."""
    return ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")


def not_acceptable(offered: str) -> ApiError:
    """The client accepts none of the offered content types."""
    return ApiError(406, "NotAcceptable", f"only the following media types are accepted: {offered}")


def already_exists(subject: Subject) -> ApiError:
    """Another object has the name."""
    return ApiError(409, "AlreadyExists", f'{subject.resource} "{subject.name}" already exists', subject)


def modified(subject: Subject) -> ApiError:
    """The object is no longer the one that the writer read."""
    why = "the object has been modified; please apply your changes to the latest version and try again"
    return conflict(subject, why)


def conflict(subject: Subject, why: str) -> ApiError:
    """The write doesn't fit the state of the object."""
    message = f'Operation cannot be fulfilled on {subject.resource} "{subject.name}": {why}'
    return ApiError(409, "Conflict", message, subject)


def expired(message: str) -> ApiError:
    """The resourceVersion asked for is no longer in the history."""
    return ApiError(410, "Expired", message)


def too_large(limit: int) -> ApiError:
    """The body is bigger than the server reads."""
    return ApiError(413, "RequestEntityTooLarge", f"Request entity too large: limit is {limit} bytes")


def unsupported_media_type(accepted: str) -> ApiError:
    """The body is of a type that the endpoint can't read."""
    return ApiError(
        415,
        "UnsupportedMediaType",
        f"the body of the request was in an unknown format - accepted media types include: {accepted}",
    )


def invalid(subject: Subject, causes: Sequence[Cause]) -> ApiError:
    """The object breaks rules; all of them are listed at once."""
    listed = str(causes[0]) if len(causes) == 1 else "[" + ", ".join(map(str, causes)) + "]"
    return ApiError(422, "Invalid", f'{subject.qualified_kind} "{subject.name}" is invalid: {listed}', subject, causes)


def unprocessable(subject: Subject, message: str) -> ApiError:
    """A patch can't be carried out on the object."""
    return ApiError(422, "Invalid", message, subject)


def internal(message: str) -> ApiError:
    """The server failed, or something that it depends on."""
    return ApiError(500, "InternalError", f"Internal error occurred: {message}")

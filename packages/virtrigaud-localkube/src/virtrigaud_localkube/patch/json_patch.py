"""JSON Patch (RFC 6902)."""

from virtrigaud_localkube.api_error import Subject, bad_request, unprocessable
from virtrigaud_localkube.document import Document, JsonValue


def apply_json_patch(document: Document, patch: JsonValue, subject: Subject) -> JsonValue:
    """Carries out the operations of a JSON Patch on a document, in place where it can."""
    if not isinstance(patch, list) or not all(isinstance(step, dict) for step in patch):
        raise bad_request("a JSON patch must be an array of operations")
    # Many servers never see a JSON patch, and a start is faster without the library.
    import jsonpatch  # noqa: PLC0415

    try:
        return jsonpatch.JsonPatch(patch).apply(document, in_place=True)
    except jsonpatch.JsonPatchTestFailed as error:
        raise unprocessable(
            subject, f"the server rejected our request due to an error in our request: {error}"
        ) from error
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, TypeError, KeyError, IndexError) as error:
        raise unprocessable(subject, f"the JSON patch can't be applied: {error}") from error

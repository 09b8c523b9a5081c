"""The meta data that an owner writes (YAML), read without ever repeating it.

Used by both seeds; how each of them spells the facts of a machine stands with the seed.
"""

from collections.abc import Mapping
from typing import Any

import yaml
from virtrigaud_api.contract import InvalidSpec


def owners_meta_data(text: bytes | None) -> Mapping[str, Any]:
    """Read the owner's meta data; none is an empty mapping.

    Raises:
        InvalidSpec: It is no YAML mapping. The message names the place and never quotes the text.
    """
    if not text:
        return {}
    try:
        document = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        place = f" at line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InvalidSpec(f"the cloud-init meta data is not valid YAML{place}") from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        raise InvalidSpec("the cloud-init meta data is not valid YAML text") from None
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise InvalidSpec("the cloud-init meta data must be a YAML mapping")
    return document


def yaml_document(document: Mapping[str, Any]) -> bytes:
    """Write a document as cloud-init reads it, in the order given."""
    return yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True).encode()

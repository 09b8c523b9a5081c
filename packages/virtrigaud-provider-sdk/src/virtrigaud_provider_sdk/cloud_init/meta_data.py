"""The documents that an owner writes as YAML, read without ever repeating them.

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
    document = _read(text, "meta data") if text else None
    return {} if document is None else _mapping(document, "meta data")


def owners_network_config(text: bytes) -> bytes:
    """Return the owner's network config unchanged.

    Raises:
        InvalidSpec: It is no YAML mapping, so that no guest could read it. The message never quotes the text.
    """
    _mapping(_read(text, "network data"), "network data")
    return text


def yaml_document(document: Mapping[str, Any]) -> bytes:
    """Write a document as cloud-init reads it, in the order given."""
    return yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True).encode()


def _read(text: bytes, what: str) -> object:
    try:
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        place = f" at line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InvalidSpec(f"the cloud-init {what} is not valid YAML{place}") from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        raise InvalidSpec(f"the cloud-init {what} is not valid YAML text") from None


def _mapping(document: object, what: str) -> Mapping[str, Any]:
    if not isinstance(document, dict):
        raise InvalidSpec(f"the cloud-init {what} must be a YAML mapping")
    return document

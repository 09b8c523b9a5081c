"""Bodies in YAML, loaded when the first one arrives."""

import yaml

from virtrigaud_localkube.document import JsonValue

_SAFE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _JsonLikeLoader(_SAFE):  # type: ignore[misc, valid-type]
    """A safe loader that leaves timestamps as the text that they are in JSON."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the shape that the base class wants
        letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for letter, resolvers in _SAFE.yaml_implicit_resolvers.items()
    }


def load_yaml(body: bytes) -> JsonValue:
    """Decodes a YAML document.

    Raises:
        ValueError: It is none.
    """
    try:
        return yaml.load(body, _JsonLikeLoader)  # noqa: S506 - a subclass of the safe loader
    except yaml.YAMLError as error:
        raise ValueError(str(error).partition("\n")[0]) from error

"""How the reading commands write objects."""

from enum import StrEnum


class OutputForm(StrEnum):
    """The value of -o."""

    TABLE = "table"
    WIDE = "wide"
    JSON = "json"
    YAML = "yaml"

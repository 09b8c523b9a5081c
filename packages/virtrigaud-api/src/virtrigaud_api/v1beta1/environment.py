"""What a thing is used for: the stages that networks, snapshots, clones and migrations are marked with."""

from enum import StrEnum


class Environment(StrEnum):
    """What a thing is used for."""

    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"
    TEST = "test"
    QA = "qa"
    UAT = "uat"

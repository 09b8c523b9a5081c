"""What each rule across fields refuses, and what it accepts: specs that are valid but for one thing.

A refused case names the field and a part of the message, for each cause in the order of the server's answer.
"""

from collections.abc import Mapping

from copy_cases import CLONES, MIGRATIONS, SNAPSHOTS
from infrastructure_cases import INFRASTRUCTURE, PLACES
from machine_cases import CLASSES, MACHINES, SETS
from rule_case import Case

CASES: Mapping[str, Case] = MACHINES | CLASSES | SETS | INFRASTRUCTURE | PLACES | SNAPSHOTS | CLONES | MIGRATIONS

"""Points in time that come again: cron schedules, and the time zone that they are meant in.

Snapshots are taken and machines are restarted by them. Five fields as in cron(5), the macros, and `@every` with a
Go duration. When a schedule is due, is the manager's to know.
"""

from typing import Annotated, Final

from pydantic import StringConstraints


def _field(number: str, names: str = "") -> str:
    value = f"({number}|{names})" if names else number
    step = r"(/[1-9][0-9]?)?"
    item = rf"(\*{step}|{value}(-{value}{step})?)"
    return rf"{item}(,{item})*"


_MINUTE = _field(r"[0-5]?[0-9]")
_HOUR = _field(r"([01]?[0-9]|2[0-3])")
_DAY = _field(r"(0?[1-9]|[12][0-9]|3[01])")
_MONTH = _field(
    r"(0?[1-9]|1[0-2])",
    "[jJ][aA][nN]|[fF][eE][bB]|[mM][aA][rR]|[aA][pP][rR]|[mM][aA][yY]|[jJ][uU][nN]"
    "|[jJ][uU][lL]|[aA][uU][gG]|[sS][eE][pP]|[oO][cC][tT]|[nN][oO][vV]|[dD][eE][cC]",
)
_WEEKDAY = _field("[0-7]", "[sS][uU][nN]|[mM][oO][nN]|[tT][uU][eE]|[wW][eE][dD]|[tT][hH][uU]|[fF][rR][iI]|[sS][aA][tT]")
_MACRO = "@(annually|yearly|monthly|weekly|daily|midnight|hourly)"
_EVERY = r"@every ([0-9]+(\.[0-9]*)?(ns|us|µs|μs|ms|s|m|h))+"

CRON_PATTERN: Final = rf"^({_MACRO}|{_EVERY}|{_MINUTE} +{_HOUR} +{_DAY} +{_MONTH} +{_WEEKDAY})$"

CronSchedule = Annotated[str, StringConstraints(max_length=256, pattern=CRON_PATTERN)]
TimeZone = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$")]

"""Schedules are cron's: what cron takes is taken, by the models and by the API server, and nothing else."""

import pytest
from embedded_api import EmbeddedApi
from pydantic import ValidationError
from virtrigaud_api.v1beta1 import VMSnapshot

RIGHT = [
    "0 2 * * *",
    "*/15 * * * *",
    "0 0 1,15 * *",
    "30 6 * * 1-5",
    "0 8-18/2 * * MON-FRI",
    "5 4 * jan,Jul SUN",
    "59 23 31 12 7",
    "0  2   * * *",
    "@hourly",
    "@midnight",
    "@every 1h30m",
    "@every 90s",
]
WRONG = [
    "",
    "daily",
    "@reboot",
    "@dailyish",
    "@every",
    "@every 5",
    "0 2 * *",
    "0 2 * * * *",
    "60 2 * * *",
    "0 24 * * *",
    "0 2 0 * *",
    "0 2 32 * *",
    "0 2 * 13 *",
    "0 2 * * 8",
    "0 2 * * MOON",
    "*/0 * * * *",
    "1- * * * *",
    "rm -rf 0 2 * * *",
]


def spec(schedule: str) -> dict[str, object]:
    return {"vmRef": {"name": "web"}, "schedule": {"cronSpec": schedule}}


@pytest.mark.parametrize("schedule", RIGHT)
def test_what_cron_takes_is_taken(api: EmbeddedApi, schedule: str) -> None:
    assert api.refusals("VMSnapshot", spec(schedule)) == []
    model = VMSnapshot.from_manifest({"spec": spec(schedule)})
    assert model.spec.schedule is not None
    assert model.spec.schedule.cron_spec == schedule


@pytest.mark.parametrize("schedule", WRONG)
def test_what_is_no_schedule_is_refused_where_it_stands(api: EmbeddedApi, schedule: str) -> None:
    assert [refusal.field for refusal in api.refusals("VMSnapshot", spec(schedule))] == ["spec.schedule.cronSpec"]
    with pytest.raises(ValidationError, match=r"spec\.schedule\.cronSpec"):
        VMSnapshot.from_manifest({"spec": spec(schedule)})


@pytest.mark.parametrize(
    ("zone", "fits"), [("UTC", True), ("Europe/Berlin", True), ("Etc/GMT+1", True), ("+01:00", False)]
)
def test_a_time_zone_has_a_name(api: EmbeddedApi, zone: str, fits: bool) -> None:  # noqa: FBT001 - a column of the table
    found = api.refusals("VMSnapshot", {"vmRef": {"name": "web"}, "schedule": {"timezone": zone}})
    assert [refusal.field for refusal in found] == ([] if fits else ["spec.schedule.timezone"])

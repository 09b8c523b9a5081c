"""Ring 1: flags and environment, and every mistake at once."""

from datetime import timedelta
from pathlib import Path

import pytest
from virtrigaud_manager.command_line import parse
from virtrigaud_manager.settings import LogFormat, ManagerSettings, split_address


def test_flags_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTRIGAUD_RESYNC_PERIOD", "5m")
    monkeypatch.setenv("VIRTRIGAUD_LOG_FORMAT", "json")
    settings = parse(["--resync-period=90s", "--namespaces=a, b"])
    assert settings == ManagerSettings(
        resync_period=timedelta(seconds=90), namespaces=("a", "b"), log_format=LogFormat.JSON
    )


@pytest.mark.parametrize("variable", ["VIRTRIGAUD_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"])
def test_the_collector_is_named_by_a_flag_or_either_variable(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "http://variable:4318")
    assert parse([]).otlp_endpoint == "http://variable:4318"
    assert parse(["--otlp-endpoint=http://flag:4318"]).otlp_endpoint == "http://flag:4318"


def test_all_mistakes_are_said_at_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("VIRTRIGAUD_LOG_LEVEL", "loud")
    with pytest.raises(SystemExit) as ended:
        parse(["--metrics-bind-address=nowhere", "--resync-period=0s"])
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert all(flag in said for flag in ("--metrics-bind-address", "--resync-period", "--log-level"))


@pytest.mark.parametrize(
    ("address", "host", "port"), [(":8080", None, 8080), ("127.0.0.1:1", "127.0.0.1", 1), ("[::1]:2", "::1", 2)]
)
def test_addresses_are_host_and_port(address: str, host: str | None, port: int) -> None:
    assert split_address(address) == (host, port)


def test_the_help_names_each_flag_with_its_variable(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    for name in ManagerSettings.model_fields:
        assert f"--{name.replace('_', '-')} " in said
        assert f"VIRTRIGAUD_{name.upper()}" in said


@pytest.mark.parametrize("flag", ["--webhook-service=Not_a_name", "--webhook-service=webhooks:port"])
def test_a_service_that_can_not_be_is_refused(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse([flag])
    assert "--webhook-service" in capsys.readouterr().err


def test_webhooks_that_listen_everywhere_need_a_service(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--webhook-bind-address=:9443"])
    assert "--webhook-service: Value error, must be set" in capsys.readouterr().err
    assert parse(["--webhook-bind-address=:9443", "--webhook-service=webhooks:8443"]).webhook_service == "webhooks:8443"


def test_the_readme_has_every_flag_with_its_variable() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text()
    for name in ManagerSettings.model_fields:
        assert f"`--{name.replace('_', '-')}`" in readme
        assert f"`VIRTRIGAUD_{name.upper()}`" in readme

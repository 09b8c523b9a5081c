"""Settings come from flags and the environment, and everything that is wrong is said at once."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field, SecretStr
from virtrigaud_provider_sdk import AddressPolicy, ProviderSettings
from virtrigaud_provider_sdk.command_line import read_settings
from virtrigaud_provider_sdk.settings import LogFormat, LogLevel
from virtrigaud_provider_sdk.staging.opening import StagingSettings


class OwnSettings(ProviderSettings):
    """Serve machines of the own hypervisor."""

    provider_type: str = "own"
    retries: int = Field(default=3, ge=0, validation_alias="OWN_RETRIES", description="How often to try again")
    plain: bool = Field(default=False, description="A field without an alias, 100 % plain")
    token: SecretStr = Field(default=SecretStr(""), validation_alias="OWN_TOKEN", description="API token")


def test_defaults_are_those_of_the_contract() -> None:
    settings = read_settings(OwnSettings, [])
    assert (settings.port, settings.health_port, settings.provider_type) == (9443, 8080, "own")
    assert (settings.log_level, settings.log_format) == (LogLevel.INFO, LogFormat.TEXT)
    assert (settings.insecure, settings.allowed_sans, settings.bind_address) == (False, (), "")
    assert settings.tls_directory == Path("/etc/virtrigaud/tls")
    assert settings.credentials_directory == Path("/etc/virtrigaud/credentials")
    assert settings.scratch_directory == Path("/tmp")  # noqa: S108 - the mount of the pod


def test_l33_networks_that_tenants_may_name_are_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTRIGAUD_PROVIDER_ALLOWED_ADDRESSES", "10.0.0.0/8")
    told = read_settings(OwnSettings, [])
    assert told.address_policy == AddressPolicy.of(allowed="10.0.0.0/8")
    flag = read_settings(OwnSettings, ["--allowed-addresses", "192.0.2.9, 2001:db8::/32"])
    assert flag.address_policy.refusal(ip_address("192.0.2.9")) is None
    assert flag.address_policy.refusal(ip_address("10.0.0.1")) == "it is not among the allowed addresses"
    assert StagingSettings.of(flag) == StagingSettings(mount_root=Path("/"), policy=flag.address_policy)
    assert read_settings(OwnSettings, ["--allowed-addresses", ""]).address_policy == AddressPolicy()


def test_a_network_that_is_none_is_an_error_at_the_start(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        read_settings(OwnSettings, ["--allowed-addresses", "10.0.0.1/8"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "--allowed-addresses (VIRTRIGAUD_PROVIDER_ALLOWED_ADDRESSES)" in said
    assert "10.0.0.1/8 has host bits set" in said


def test_the_environment_of_a_provider_pod_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PROVIDER_TYPE": "own",
        "PROVIDER_ENDPOINT": "own://host",
        "PROVIDER_NAMESPACE": "shop",
        "PROVIDER_NAME": "lab",
        "TLS_ENABLED": "true",
        "VIRTRIGAUD_PROVIDER_INSECURE": "TRUE",
        "VIRTRIGAUD_PROVIDER_ALLOWED_SANS": "a.example, spiffe://b ,,c",
        "VIRTRIGAUD_PROVIDER_BIND_ADDRESS": "127.0.0.9",
        "VIRTRIGAUD_MOUNT_ROOT": "/pods/1",
        "TLS_INSECURE_SKIP_VERIFY": "true",
        "LOG_LEVEL": "WARNING",
        "LOG_FORMAT": "JSON",
        "PROVIDER_DEFAULT_DATASTORE": "ds1",
        "OWN_RETRIES": "5",
        "OWN_TOKEN": "hunter2",
    }.items():
        monkeypatch.setenv(name, value)
    settings = read_settings(OwnSettings, ["--port=9443", "--health-port=8080"])
    assert settings.endpoint == "own://host"
    assert (settings.namespace, settings.name) == ("shop", "lab")
    assert settings.insecure
    assert settings.insecure_skip_verify
    assert settings.allowed_sans == ("a.example", "spiffe://b", "c")
    assert settings.bind_address == "127.0.0.9"
    assert settings.tls_directory == Path("/pods/1/etc/virtrigaud/tls")
    assert (settings.log_level, settings.log_format) == (LogLevel.WARN, LogFormat.JSON)
    assert (settings.default_datastore, settings.retries) == ("ds1", 5)
    assert settings.token.get_secret_value() == "hunter2"


def test_flags_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWN_RETRIES", "5")
    monkeypatch.setenv("PLAIN", "false")
    settings = read_settings(OwnSettings, ["--retries", "7", "--plain"])
    assert (settings.retries, settings.plain) == (7, True)


def test_everything_that_is_wrong_is_said_at_once_without_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOG_FORMAT", "hunter2")
    with pytest.raises(SystemExit) as stopped:
        read_settings(OwnSettings, ["--port=70000", "--retries=many"])
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert said.splitlines() == [
        "virtrigaud-provider-own: 3 setting(s) can't be used:",
        "  --port (VIRTRIGAUD_PROVIDER_PORT): Input should be less than or equal to 65535",
        "  --log-format (LOG_FORMAT): Input should be 'json' or 'text'",
        "  --retries (OWN_RETRIES): Input should be a valid integer, unable to parse string as an integer",
    ]
    assert "hunter2" not in said


@pytest.mark.parametrize("arguments", [["--nonsense"], ["stray"], ["--token", "hunter2"]], ids=lambda a: a[0])
def test_an_unknown_flag_is_refused_and_a_secret_has_none(arguments: Any) -> None:
    with pytest.raises(SystemExit) as stopped:
        read_settings(OwnSettings, arguments)
    assert stopped.value.code == 2


def test_help_names_every_setting_with_its_variable(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        read_settings(OwnSettings, ["--help"])
    assert stopped.value.code == 0
    said = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert said.startswith("usage: virtrigaud-provider-own [options] Serve machines of the own hypervisor.")
    assert "--retries VALUE How often to try again [OWN_RETRIES, default 3]" in said
    assert "--plain [true|false] A field without an alias, 100 % plain [PLAIN, default False]" in said


def test_version_names_program_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    class Packaged(ProviderSettings):
        """Settings of an installed package."""

        provider_type: str = "packaged"

    Packaged.__module__ = "virtrigaud_provider_sdk.settings"
    with pytest.raises(SystemExit):
        read_settings(Packaged, ["--version"])
    assert re.fullmatch(r"virtrigaud-provider-packaged \d+\.\d+\.\d+\n", capsys.readouterr().out)

"""The command line of a provider: every field of its settings as a flag, beside the environment.

`run_provider` calls it. Fields that hold secrets (`SecretStr`) get no flag, because the arguments of a
process are visible to everybody on its host.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import Any, TypeVar

from pydantic import SecretBytes, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from virtrigaud_provider_sdk.settings import ProviderSettings

S = TypeVar("S", bound=ProviderSettings)

_SECRETS = (SecretStr, SecretBytes)


def read_settings(settings_class: type[S], arguments: Sequence[str]) -> S:
    """Return the settings that flags and environment give; flags win.

    Raises:
        SystemExit: After `--help` and `--version`, and with status 2 after naming every setting that is wrong.
    """
    given = vars(_parser(settings_class).parse_args(arguments))
    values = {_key(name, settings_class.model_fields[name]): value for name, value in given.items()}
    try:
        return settings_class(**values)
    except ValidationError as error:
        sys.stderr.write(_explain(settings_class, error))
        raise SystemExit(2) from None


def program_name(settings_class: type[ProviderSettings]) -> str:
    """Return the name of the console script: `virtrigaud-provider-<type>`."""
    return f"virtrigaud-provider-{settings_class.model_fields['provider_type'].default or 'unnamed'}"


def version_of(settings_class: type[ProviderSettings]) -> str:
    """Return the version of the distribution that a settings class comes from."""
    package = settings_class.__module__.partition(".")[0]
    try:
        return metadata.version(package.replace("_", "-"))
    except metadata.PackageNotFoundError:
        distributions = metadata.packages_distributions().get(package, ())
        return metadata.version(distributions[0]) if distributions else "unknown"


def _parser(settings_class: type[ProviderSettings]) -> argparse.ArgumentParser:
    name = program_name(settings_class)
    parser = argparse.ArgumentParser(
        prog=name, usage=f"{name} [options]", description=settings_class.__doc__, allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"{name} {version_of(settings_class)}")
    for field, info in settings_class.model_fields.items():
        if info.annotation not in _SECRETS:
            parser.add_argument(_flag(field), dest=field, **_options(field, info))
    return parser


def _options(field: str, info: FieldInfo) -> dict[str, Any]:
    """Describe one flag to argparse; only flags that are given end up in the result."""
    default = f", default {info.default}" if info.default not in ("", (), None) else ""
    text = f"{info.description or field} [{_key(field, info).upper()}{default}]"
    options: dict[str, Any] = {"default": argparse.SUPPRESS, "help": text.replace("%", "%%")}
    if info.annotation is bool:
        return options | {"nargs": "?", "const": "true", "metavar": "true|false"}
    return options | {"metavar": "VALUE"}


def _flag(field: str) -> str:
    return "--" + field.replace("_", "-")


def _key(field: str, info: FieldInfo) -> str:
    """Return the name under which the settings take a field, which is also its environment variable."""
    return info.validation_alias if isinstance(info.validation_alias, str) else field


def _explain(settings_class: type[ProviderSettings], error: ValidationError) -> str:
    """Say everything that is wrong, one line a setting, without repeating its value."""
    fields = {_key(field, info): field for field, info in settings_class.model_fields.items()}
    lines = [f"{program_name(settings_class)}: {error.error_count()} setting(s) can't be used:"]
    for problem in error.errors(include_url=False, include_input=False):
        key = str(problem["loc"][0]) if problem["loc"] else ""
        field = fields.get(key, key)
        where = f"{_flag(field)} ({key.upper()})" if key else "settings"
        lines.append(f"  {where}: {problem['msg']}")
    return "\n".join(lines) + "\n"

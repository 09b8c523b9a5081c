"""The program of the scaffold: `init` writes a provider's project, `verify` proves one.

`vrtg provider` starts it in the environment of the project; CI starts it without `vrtg`.
"""

import argparse
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from virtrigaud_provider_sdk.scaffold.project import ProjectExists, write_project
from virtrigaud_provider_sdk.scaffold.provider_name import GROUP, BadName, ProviderName

_SUITE: Final = "virtrigaud_provider_sdk.conformance"
_BAD_USE: Final = 2
_EXTRA: Final = ("cryptography", "packaging", "pytest", "pytest_asyncio")
"""What the extra `conformance` brings."""


class NotReady(Exception):
    """Something that `verify` needs is not installed; the message says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say and return the exit status."""
    options, others = _parser().parse_known_args(arguments)
    try:
        if options.command == "verify":
            return _verify(ProviderName.parse(options.name or _name_of_project(Path.cwd())), others)
        if others:
            _say(f"init does not know {' '.join(others)}")
            return _BAD_USE
        return _init(ProviderName.parse_new(options.name), options.directory)
    except (BadName, NotReady, ProjectExists) as refusal:
        _say(str(refusal))
        return _BAD_USE
    except OSError as error:
        _say(f"{error.filename}: {error.strerror}")
        return _BAD_USE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m virtrigaud_provider_sdk.scaffold", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    init = commands.add_parser("init", help="write the project of a new provider", allow_abbrev=False)
    init.add_argument("name", help="spec.type of its Provider objects, such as my-cloud")
    init.add_argument("--directory", type=Path, default=Path(), help="where its folder is made; default: here")
    verify = commands.add_parser(
        "verify",
        help="check packaging and chart values of a provider, and run the conformance suite over mutual TLS",
        epilog="Further options are the suite's and pytest's: --junitxml FILE, --provider-report FILE, -k WORDS.",
        allow_abbrev=False,
    )
    verify.add_argument("--name", help="the provider; default: the one of the pyproject.toml here")
    return parser


def _init(name: ProviderName, directory: Path) -> int:
    project = write_project(name, directory)
    print(  # noqa: T201 - the program's answer
        f"wrote {project}\n\n  cd {project}\n  uv sync\n  uv run pytest\n  vrtg provider verify\n\n"
        "The README of the project says what to replace, step by step."
    )
    return 0


def _verify(name: ProviderName, others: Sequence[str]) -> int:
    if missing := [module for module in _EXTRA if find_spec(module) is None]:
        raise NotReady(f"{', '.join(missing)} not installed: pip install 'virtrigaud-provider-sdk[conformance]'")
    from virtrigaud_provider_sdk.scaffold.chart_checks import check_chart_values  # noqa: PLC0415
    from virtrigaud_provider_sdk.scaffold.packaging_checks import NotInstalled, check_packaging  # noqa: PLC0415

    try:
        findings = [*check_packaging(name), *check_chart_values(name, Path.cwd())]
    except NotInstalled as error:
        raise NotReady(str(error)) from error
    for finding in findings:
        print(f"{'FAILED' if finding.wrong else 'ok':6}  {finding.subject}{_reason(finding.wrong)}", flush=True)  # noqa: T201
    suite = [sys.executable, "-m", "pytest", "--pyargs", _SUITE, "--provider-program", name.program, *others]
    kept = subprocess.run(suite, check=False).returncode == 0  # noqa: S603 - no shell
    well = not any(finding.wrong for finding in findings)
    packaging, promises = "packaging is well" if well else "packaging is not well", "keeps" if kept else "does not keep"
    print(f"{name.program}: {packaging}, and it {promises} the promises of the port")  # noqa: T201
    return 0 if well and kept else 1


def _reason(wrong: str) -> str:
    return f": {wrong}" if wrong else ""


def _name_of_project(folder: Path) -> str:
    """Return the provider that the project of a folder registers.

    Raises:
        BadName: There is none, or more than one.
    """
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8")).get("project", {})
    except (FileNotFoundError, tomllib.TOMLDecodeError) as error:
        raise BadName(f"{folder} has no pyproject.toml that tells a provider's name: give it with --name") from error
    names = list(project.get("entry-points", {}).get(GROUP, {}))
    if len(names) != 1:
        raise BadName(
            f'{folder}/pyproject.toml has {len(names)} entries in [project.entry-points."{GROUP}"]: use --name'
        )
    return str(names[0])


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())

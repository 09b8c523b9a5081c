"""`vrtg provider init` and `vrtg provider verify`. Registered by the application."""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

provider_commands = typer.Typer(help="Write a provider of your own, and prove it.", no_args_is_help=True)


@provider_commands.command()
def init(
    name: Annotated[str, typer.Argument(help="spec.type of its Provider objects, such as my-cloud.")],
    directory: Annotated[Path, typer.Option(help="Where its folder is made.", metavar="DIR")] = Path(),
) -> None:
    """Write the project of a new provider: it runs, is typed and tested, and waits for its hypervisor."""
    from virtrigaud_cli.provider.sdk_program import run_scaffold, this_python

    raise typer.Exit(run_scaffold(this_python(), ("init", name, "--directory", str(directory))))


@provider_commands.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def verify(
    context: typer.Context,
    name: Annotated[str, typer.Option(help="The provider; else the one of the pyproject.toml here.")] = "",
    python: Annotated[
        Path | None, typer.Option(help="Python that has it installed; else .venv here, else vrtg's.", metavar="FILE")
    ] = None,
) -> None:
    """Check the packaging of a provider and run the conformance suite over mutual TLS.

    Further options are the suite's and pytest's: --provider-report FILE, --junitxml FILE, -k WORDS.
    """
    from virtrigaud_cli.provider.sdk_program import python_of_project, run_scaffold

    named = ("--name", name) if name else ()
    raise typer.Exit(run_scaffold(python or python_of_project(Path.cwd()), ("verify", *named, *context.args)))
